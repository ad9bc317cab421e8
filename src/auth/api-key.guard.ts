import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { ApiKeyStore } from './api-key-store.js';
import { presentedKeys } from './presented-keys.js';
import { Public } from './public.decorator.js';

/** Lets a request through that brings a valid API key, or asks for a route marked with `@Public()`. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly apiKeys: ApiKeyStore,
  ) {}

  /** @throws {UnauthorizedException} in every other case */
  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.getAllAndOverride(Public, [context.getHandler(), context.getClass()])) return true;

    const keys = new Set(presentedKeys(context.switchToHttp().getRequest<Request>()));
    const [key, ...others] = keys;
    if (key === undefined) {
      throw new UnauthorizedException('An API key is needed: X-API-Key, Authorization: Bearer or ?api_key=');
    }
    if (others.length > 0) throw new UnauthorizedException('Several API keys were given: give one');
    if (this.apiKeys.nameOf(key) === undefined) throw new UnauthorizedException('The API key is not valid');
    return true;
  }
}
