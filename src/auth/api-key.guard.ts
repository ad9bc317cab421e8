import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import type { ApiKey } from '../config/api-keys/api-keys.js';
import { Settings } from '../config/settings.js';
import { ApiKeyStore, hasExpired } from './api-key-store.js';
import { AuthFailures } from './limits/auth-failures.js';
import { setAuthentication } from './credentials/caller.js';
import { clientRequestIdOf } from './credentials/client-request-id.js';
import { hasNeededCertificate } from './credentials/client-certificate.js';
import { misplacedKey } from './credentials/misplaced-key.js';
import { presentedKeys, singleKey } from './credentials/presented-keys.js';
import { Public } from './public.decorator.js';
import { type Refusal, REFUSALS } from './credentials/refusals.js';

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
    const result = this.#authenticate(request);
    if ('message' in result) {
      setAuthentication(request, { refusalReason: result.reason });
      throw this.failures.count(request, http.getResponse<Response>(), result.message);
    }
    setAuthentication(request, { key: result.key, requestId: clientRequestIdOf(request, result.text) });
    return true;
  }

  /** The key that the request brings, known and as text; where it may not pass, why. */
  #authenticate(request: Request): { readonly key: ApiKey; readonly text: string } | Refusal {
    if (!hasNeededCertificate(this.settings, request)) return REFUSALS.certificate;
    const text = singleKey(presentedKeys(request)) ?? misplacedKey(request);
    if (typeof text !== 'string') return text;
    const key = this.apiKeys.find(text);
    if (key === undefined) return REFUSALS.unknown;
    if (hasExpired(key)) return REFUSALS.expired;
    // Who may try often enough will guess a short key; a long one is let in, whatever others at its address do.
    if (key.isShort && this.failures.areTooMany(request)) return REFUSALS.unknown;
    return { key, text };
  }
}
