import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import type { ApiKey } from '../config/api-keys/api-keys.js';
import { Settings } from '../config/settings.js';
import { ApiKeyStore, hasExpired } from './api-key-store.js';
import { AuthFailures } from './limits/auth-failures.js';
import { setAuthentication } from './credentials/authentication.js';
import { parseClientRequestId } from './credentials/client-request-id.js';
import { hasRequiredCertificate } from './credentials/client-certificate.js';
import { explainMissingKey } from './credentials/missing-key.js';
import { readPresentedKeys, pickSingleKey } from './credentials/presented-keys.js';
import { Public } from './public.decorator.js';
import { type Refusal, REFUSALS } from './credentials/refusals.js';

/**
 * Accepts every request to a route marked with `@Public()`. Other requests must have a valid API key and, if
 * `TLS_CLIENT_CA_FILE` is set, a valid client certificate.
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
   * @throws {UnauthorizedException} when the request is refused
   * @throws {ThrottlerException} when the request is refused and its address is over `AUTH_FAILURES_PER_MINUTE`
   */
  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.getAllAndOverride(Public, [context.getHandler(), context.getClass()])) return true;

    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const result = this.#authenticate(request);
    if ('message' in result) {
      setAuthentication(request, { refusalReason: result.reason });
      throw this.failures.record(request, http.getResponse<Response>(), result.message);
    }
    setAuthentication(request, { key: result.key, requestId: parseClientRequestId(request, result.keyText) });
    return true;
  }

  /** Finds the API key of a request, or the reason to refuse it. */
  #authenticate(request: Request): { readonly key: ApiKey; readonly keyText: string } | Refusal {
    if (!hasRequiredCertificate(this.settings, request)) return REFUSALS.certificate;
    const keyText = pickSingleKey(readPresentedKeys(request)) ?? explainMissingKey(request);
    if (typeof keyText !== 'string') return keyText;
    const key = this.apiKeys.find(keyText);
    if (key === undefined) return REFUSALS.unknown;
    if (hasExpired(key)) return REFUSALS.expired;
    // Short keys can be guessed, so an address that has reached the limit cannot use them. Long keys still work there.
    if (key.isShort && this.failures.isLimitReached(request)) return REFUSALS.unknown;
    return { key, keyText };
  }
}
