import type { ServerResponse } from 'node:http';
import { type HttpException, Injectable, Logger, UnauthorizedException } from '@nestjs/common';
import { normalizeIp, ThrottlerException } from '@nestjs/throttler';
import { Settings } from '../../config/settings.js';
import { type AddressedRequest, getClientAddress } from './client-address.js';
import { HitCounters } from './hit-counters.js';

/** Counts failed authentications by client address, and limits them to `AUTH_FAILURES_PER_MINUTE`. */
@Injectable()
export class AuthFailures {
  readonly #logger = new Logger(AuthFailures.name);

  /** Separate from the counters of API keys, which a flood of addresses must not displace. */
  readonly #counters = new HitCounters();
  #total = 0;

  constructor(private readonly settings: Settings) {}

  /** Failed authentications since startup. */
  get total(): number {
    return this.#total;
  }

  /** Counts a failure, and returns the exception to throw: `401`, or `429` with `Retry-After` above the limit. */
  record(request: AddressedRequest, response: ServerResponse, message: string): HttpException {
    this.#total++;
    const limit = this.settings.AUTH_FAILURES_PER_MINUTE;
    const address = getAddressOrNetwork(request);
    const { count, endsInSeconds } = this.#counters.hit(address);
    if (count <= limit) return new UnauthorizedException(message);
    if (count === limit + 1) {
      this.#logger.warn(
        `Rate limit reached: ${limit} requests without a valid API key from ${address} in a minute; responding with 429`,
      );
    }
    response.setHeader('Retry-After', endsInSeconds);
    return new ThrottlerException(
      `Too many requests without a valid API key: the limit is ${limit} per minute; retry after the time in Retry-After`,
    );
  }

  /** Whether the address has reached the limit, so that its short keys must be refused. */
  isLimitReached(request: AddressedRequest): boolean {
    return this.#counters.hasReached(getAddressOrNetwork(request), this.settings.AUTH_FAILURES_PER_MINUTE);
  }
}

/** The client's IPv4 address, or its IPv6 network of 64 bits: a client usually has all addresses of such a network. */
function getAddressOrNetwork(request: AddressedRequest): string {
  return normalizeIp(getClientAddress(request));
}
