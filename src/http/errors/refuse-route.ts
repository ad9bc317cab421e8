import { NotFoundException } from '@nestjs/common';

/** Middleware for a route that is switched off: responds as if the route did not exist, for every method. */
export function refuseRoute(): never {
  throw new NotFoundException('No such route');
}
