import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { ApiKey } from '../config/api-keys/api-keys.js';
import { getCurrentKey } from './credentials/authentication.js';

/** Parameter of a route handler: the API key of the request. The route must not be `@Public()`. */
export const CurrentKey = createParamDecorator((_data: undefined, context: ExecutionContext): ApiKey => {
  return getCurrentKey(context.switchToHttp().getRequest<Request>());
});
