import type { TLSSocket } from 'node:tls';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import type { ApiKey } from '../config/api-keys.js';
import { Settings } from '../config/settings.js';
import { ApiKeyStore, hasExpired } from './api-key-store.js';
import { AuthFailures } from './auth-failures.js';
import { setCaller } from './caller.js';
import { clientRequestIdOf } from './client-request-id.js';
import { presentedKeys } from './presented-keys.js';
import { Public } from './public.decorator.js';

/**
 * Lets a request through that brings a valid API key, and a client certificate where `TLS_CLIENT_CA_FILE` asks for one;
 * or that asks for a route marked with `@Public()`.
 */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly apiKeys: ApiKeyStore,
    private readonly failures: AuthFailures,
    private readonly settings: Settings,
  ) {}

  /**
   * @throws {UnauthorizedException} in every other case
   * @throws {ThrottlerException} in place of it, where too many have failed before from the same address
   */
  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.getAllAndOverride(Public, [context.getHandler(), context.getClass()])) return true;

    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const presented = presentedKeys(request);
    const key = this.#authenticate(request, presented);
    if (typeof key === 'string') throw this.failures.count(request, http.getResponse<Response>(), key);
    setCaller(request, key);
    request.id = clientRequestIdOf(request, presented[0] ?? '') ?? request.id;
    return true;
  }

  /** The key that the request brings; where it may not pass, what to tell it. */
  #authenticate(request: Request, presented: readonly string[]): ApiKey | string {
    if (this.settings.TLS_CLIENT_CA_FILE !== undefined && !hasCertificate(request.socket as TLSSocket)) {
      return 'A client certificate is needed, of an authority that this service knows';
    }
    const [text, ...others] = new Set(presented);
    if (text === undefined) return 'An API key is needed: X-API-Key, Authorization: Bearer or ?api_key=';
    if (others.length > 0) return 'Several API keys were given: give one';
    const key = this.apiKeys.find(text);
    if (key === undefined) return 'The API key is not valid';
    if (hasExpired(key)) return 'The API key has expired';
    // Who may try often enough will guess a short key; a long one is let in, whatever others at its address do.
    if (key.isShort && this.failures.areTooMany(request)) return 'The API key is not valid';
    return key;
  }
}

/** Whether a client has shown a certificate that fits. Node calls those authorized too who resume a session without one. */
function hasCertificate(socket: TLSSocket): boolean {
  return socket.authorized && socket.getPeerX509Certificate() !== undefined;
}
