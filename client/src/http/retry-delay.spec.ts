import { describe, expect, it, vi } from 'vitest';
import { isFinal, reconnectDelayMs, retryDelayMs } from './retry-delay.js';
import { StatsClientError } from '../stats-client.error.js';

const lost = new StatsClientError('network', 'lost');

function refusal(status: number, retryAfterMs?: number): StatsClientError {
  return new StatsClientError('unavailable', 'refused', { status, retryAfterMs });
}

function answered(status: number): StatsClientError {
  return new StatsClientError('invalid_response', '', { status });
}

function withRandom<T>(value: number, work: () => T): T {
  vi.spyOn(Math, 'random').mockReturnValue(value);
  return work();
}

describe('retryDelayMs', () => {
  it('doubles for a connection that is lost again, and is random by half', () => {
    expect([0, 1, 2].map((n) => withRandom(1, () => retryDelayMs(lost, n)))).toEqual([200, 400, 800]);
    expect(withRandom(0, () => retryDelayMs(lost, 0))).toBe(100);
  });

  it('is what a refusal says', () => {
    expect(retryDelayMs(refusal(503, 7000), 0)).toBe(7000);
    expect(retryDelayMs(refusal(429, 0), 1)).toBe(0);
  });

  it.each([
    refusal(503),
    refusal(500, 1000),
    new StatsClientError('docker_unreachable', 'down', { status: 500 }),
    new StatsClientError('timeout', 'late'),
    new Error('other'),
  ])('is none for others: %s', (error) => {
    expect(retryDelayMs(error, 0)).toBeUndefined();
  });
});

describe('reconnectDelayMs', () => {
  it('doubles from what the service said, up to half a minute', () => {
    const delays = withRandom(0, () => [0, 1, 2, 5, 99].map((n) => reconnectDelayMs(lost, n, 1000)));
    expect(delays).toEqual([1000, 2000, 4000, 30_000, 30_000]);
  });

  it('is never less than what the service said, and up to half as much more', () => {
    expect(withRandom(0, () => reconnectDelayMs(lost, 3, 60_000))).toBe(60_000);
    expect(withRandom(1, () => reconnectDelayMs(lost, 0, 60_000))).toBe(90_000);
    expect(withRandom(0, () => reconnectDelayMs(refusal(503, 10_000), 5, 1000))).toBe(10_000);
  });

  it('is never nothing', () => {
    expect(withRandom(0, () => [0, 1, 2000].map((n) => reconnectDelayMs(lost, n, 0)))).toEqual([
      250, 500, 30_000,
    ]);
    expect(withRandom(0, () => reconnectDelayMs(refusal(503, 0), 0, 1000))).toBe(250);
  });

  it('is never more than a timer can wait', () => {
    expect(withRandom(0, () => reconnectDelayMs(lost, 2000, Number('9'.repeat(30))))).toBe(3_600_000);
  });
});

describe('isFinal', () => {
  it.each([400, 401, 404, 405])('is true for %d', (status) => {
    expect(isFinal(refusal(status))).toBe(true);
  });

  it.each([408, 429, 500, 503])('is false for %d', (status) => {
    expect(isFinal(refusal(status))).toBe(false);
  });

  it('is true for what is no such service, and not for a proxy that has lost it', () => {
    expect([200, 302, 404, 502, 503].map((status) => isFinal(answered(status)))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(isFinal(lost)).toBe(false);
  });
});
