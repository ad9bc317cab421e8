import type { ServerResponse } from 'node:http';
import { type HttpException, Injectable, Logger, UnauthorizedException } from '@nestjs/common';
import { normalizeIp, ThrottlerException } from '@nestjs/throttler';
import { Settings } from '../../config/settings.js';
import { type AddressedRequest, clientAddressOf } from './client-address.js';
import { HitCounters } from './hit-counters.js';

/** Counts failed authentications by the address that they come from. */
@Injectable()
export class AuthFailures {
  readonly #logger = new Logger(AuthFailures.name);

  /** Its own: very many addresses must not displace the counters of the keys. */
  readonly #counters = new HitCounters();
  #total = 0;

  constructor(private readonly settings: Settings) {}

  /** How many there have been. */
  get total(): number {
    return this.#total;
  }

  /** What a request gets whose authentication failed: `401`, or `429` where too many have failed before. */
  count(request: AddressedRequest, response: ServerResponse, message: string): HttpException {
    this.#total++;
    const limit = this.settings.AUTH_FAILURES_PER_MINUTE;
    const address = addressOf(request);
    const { count, endsInSeconds } = this.#counters.hit(address);
    if (count <= limit) return new UnauthorizedException(message);
    if (count === limit + 1) {
      this.#logger.warn(
        `${address}: ${limit} requests without a valid key in a minute; more are answered 429`,
      );
    }
    response.setHeader('Retry-After', endsInSeconds);
    return new ThrottlerException(`Too many requests without a valid API key: ${limit} a minute are allowed`);
  }

  /** Whether so many have failed that a key that can be guessed is not to be tried. */
  areTooMany(request: AddressedRequest): boolean {
    return this.#counters.hasReached(addressOf(request), this.settings.AUTH_FAILURES_PER_MINUTE);
  }
}

/** The client's address; that of IPv6 by its network of 64 bits, of which a client has all. */
function addressOf(request: AddressedRequest): string {
  return normalizeIp(clientAddressOf(request));
}
