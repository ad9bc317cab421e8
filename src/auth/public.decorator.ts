import { Reflector } from '@nestjs/core';

/** Marks a route or a controller as accessible without an API key. */
export const Public = Reflector.createDecorator<true | undefined>();
