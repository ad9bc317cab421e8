import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ThrottlerModule } from '@nestjs/throttler';
import { Settings } from '../config/settings.js';
import { ApiKeyGuard } from './api-key.guard.js';
import { ApiKeyStore } from './api-key-store.js';
import { AuthFailures } from './limits/auth-failures.js';
import { RateLimitGuard } from './limits/rate-limit.guard.js';
import { MINUTE_MS, RateLimitStorage } from './limits/rate-limit-storage.js';

/** Asks for an API key on every route that is not marked with `@Public()`, and limits how often each may ask. */
@Module({
  imports: [
    ThrottlerModule.forRootAsync({
      inject: [Settings],
      useFactory: ({ RATE_LIMIT_PER_MINUTE }: Settings) => ({
        throttlers: [{ ttl: MINUTE_MS, limit: RATE_LIMIT_PER_MINUTE }],
        storage: new RateLimitStorage(),
        setHeaders: false,
      }),
    }),
  ],
  providers: [
    ApiKeyStore,
    AuthFailures,
    // In this order: whose limit it is, the first one finds out.
    { provide: APP_GUARD, useClass: ApiKeyGuard },
    { provide: APP_GUARD, useClass: RateLimitGuard },
  ],
  exports: [ApiKeyStore, AuthFailures],
})
export class AuthModule {}
