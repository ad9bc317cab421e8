import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { ApiKey } from '../config/api-keys/api-keys.js';
import { callerOf } from './credentials/caller.js';

/** The API key of the request, as a parameter of a route that is not `@Public()`. */
export const CurrentKey = createParamDecorator((_data: undefined, context: ExecutionContext): ApiKey => {
  return callerOf(context.switchToHttp().getRequest<Request>());
});
