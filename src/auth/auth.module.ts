import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ApiKeyGuard } from './api-key.guard.js';
import { ApiKeyStore } from './api-key-store.js';
import { AuthFailures } from './limits/auth-failures.js';
import { RateLimitGuard } from './limits/rate-limit.guard.js';

/** Requires an API key on every route that is not marked with `@Public()`, and limits the request rate of each key. */
@Module({
  providers: [
    ApiKeyStore,
    AuthFailures,
    // The order matters: the first guard finds the key, the second one counts its requests.
    { provide: APP_GUARD, useClass: ApiKeyGuard },
    { provide: APP_GUARD, useClass: RateLimitGuard },
  ],
  exports: [ApiKeyStore, AuthFailures],
})
export class AuthModule {}
