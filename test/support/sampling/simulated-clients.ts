import type { Random } from '../vitest/random.js';

/** A simulated client: returns when it sends its next request, after a request at `requestedAt` that got its response at `respondedAt`. */
export type SimulatedClient = (requestedAt: number, respondedAt: number) => number;

/** Returns a number from `-limit` to `limit`. */
function spread(random: Random, limit: number): number {
  return (2 * random() - 1) * limit;
}

/** Polls at fixed times, each time early or late by up to `jitterMs`, such as Prometheus. */
export function pollOnGrid(periodMs: number, jitterMs: number, random: Random): SimulatedClient {
  let grid: number | undefined;
  return (requestedAt, respondedAt) => {
    grid = (grid ?? requestedAt) + periodMs;
    while (grid + jitterMs < respondedAt) grid += periodMs;
    return Math.max(respondedAt, grid + spread(random, jitterMs));
  };
}

/** Polls one period after its last request. */
export function pollAfterRequest(periodMs: number, jitterMs: number, random: Random): SimulatedClient {
  return (requestedAt, respondedAt) =>
    Math.max(respondedAt, requestedAt + periodMs + spread(random, jitterMs));
}

/** Polls exactly. */
export function pollExactly(periodMs: number): SimulatedClient {
  return pollAfterRequest(periodMs, 0, () => 0);
}

/** Pauses after each response. */
export function pollAfterResponse(pauseMs: number, jitterMs: number, random: Random): SimulatedClient {
  return (_requestedAt, respondedAt) => respondedAt + pauseMs + spread(random, jitterMs);
}

/** Sends requests at random times: a Poisson process. */
export function requestIrregularly(meanMs: number, random: Random): SimulatedClient {
  return (_requestedAt, respondedAt) => respondedAt - meanMs * Math.log(1 - random());
}
