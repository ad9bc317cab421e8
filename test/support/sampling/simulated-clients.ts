/** A simulated client: returns when it sends its next request, after a request at `requestedAt` that got its response at `respondedAt`. */
export type SimulatedClient = (requestedAt: number, respondedAt: number) => number;

/** A pseudorandom number from 0 to 1, always the same sequence for a seed (mulberry32). */
export type Random = () => number;

export function createRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

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

/** Pauses after each response. */
export function pollAfterResponse(pauseMs: number, jitterMs: number, random: Random): SimulatedClient {
  return (_requestedAt, respondedAt) => respondedAt + pauseMs + spread(random, jitterMs);
}

/** Sends requests at random times: a Poisson process. */
export function requestIrregularly(meanMs: number, random: Random): SimulatedClient {
  return (_requestedAt, respondedAt) => respondedAt - meanMs * Math.log(1 - random());
}
