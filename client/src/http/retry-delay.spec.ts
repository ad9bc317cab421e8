import { describe, expect, it, vi } from 'vitest';
import { isFinal, getReconnectDelayMs, getRetryDelayMs } from './retry-delay.js';
import { StatsClientError } from '../stats-client.error.js';

const lost = new StatsClientError('network', 'lost');

function refused(status: number, retryAfterMs?: number): StatsClientError {
  return new StatsClientError('unavailable', 'refused', { status, retryAfterMs });
}

function unexpected(status: number): StatsClientError {
  return new StatsClientError('invalid_response', '', { status });
}

function withRandom<T>(value: number, work: () => T): T {
  vi.spyOn(Math, 'random').mockReturnValue(value);
  return work();
}

describe('getRetryDelayMs', () => {
  it('doubles after each lost connection, and is reduced at random by up to half', () => {
    expect([0, 1, 2].map((n) => withRandom(1, () => getRetryDelayMs(lost, n)))).toEqual([200, 400, 800]);
    expect(withRandom(0, () => getRetryDelayMs(lost, 0))).toBe(100);
  });

  it('is the Retry-After of a 429 or 503', () => {
    expect(getRetryDelayMs(refused(503, 7000), 0)).toBe(7000);
    expect(getRetryDelayMs(refused(429, 0), 1)).toBe(0);
  });

  it.each([
    refused(503),
    refused(500, 1000),
    new StatsClientError('not_cached', 'none', { status: 504, retryAfterMs: 1000 }),
    new StatsClientError('docker_unreachable', 'down', { status: 500 }),
    new StatsClientError('timeout', 'late'),
    new Error('other'),
  ])('is undefined, so that there is no retry, for %s', (error) => {
    expect(getRetryDelayMs(error, 0)).toBeUndefined();
  });
});

describe('getReconnectDelayMs', () => {
  it('doubles the delay that the service requested, up to 30 seconds', () => {
    const delays = withRandom(0, () => [0, 1, 2, 5, 99].map((n) => getReconnectDelayMs(lost, n, 1000)));
    expect(delays).toEqual([1000, 2000, 4000, 30_000, 30_000]);
  });

  it('is never less than the service requested, and up to half more at random', () => {
    expect(withRandom(0, () => getReconnectDelayMs(lost, 3, 60_000))).toBe(60_000);
    expect(withRandom(1, () => getReconnectDelayMs(lost, 0, 60_000))).toBe(90_000);
    expect(withRandom(0, () => getReconnectDelayMs(refused(503, 10_000), 5, 1000))).toBe(10_000);
  });

  it('is at least 250 ms', () => {
    expect(withRandom(0, () => [0, 1, 2000].map((n) => getReconnectDelayMs(lost, n, 0)))).toEqual([
      250, 500, 30_000,
    ]);
    expect(withRandom(0, () => getReconnectDelayMs(refused(503, 0), 0, 1000))).toBe(250);
  });

  it('is at most one hour', () => {
    expect(withRandom(0, () => getReconnectDelayMs(lost, 2000, Number('9'.repeat(30))))).toBe(3_600_000);
  });
});

describe('isFinal', () => {
  it.each([400, 401, 404, 405])('is true for an error of the service with status %d', (status) => {
    expect(isFinal(refused(status))).toBe(true);
  });

  it.each([408, 429, 500, 503])('is false for an error of the service with status %d', (status) => {
    expect(isFinal(refused(status))).toBe(false);
  });

  it('is true for a response of another program, but false for a 5xx status, which a proxy may send', () => {
    expect([200, 302, 404, 502, 503].map((status) => isFinal(unexpected(status)))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(isFinal(lost)).toBe(false);
  });
});
