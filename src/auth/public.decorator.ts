import { Reflector } from '@nestjs/core';

/** Marks a route, or all of a controller, as open to callers without an API key. */
export const Public = Reflector.createDecorator<true | undefined>();
