import type { Poll } from './predict-due.js';

/** The shortest and the longest period that is learned, in milliseconds. */
export interface PeriodLimits {
  readonly minMs: number;
  readonly maxMs: number;
}

/** Two neighbouring periods may differ by this share. */
const TOLERANCE = 0.33;

/** The same for periods with other requests in between, which are more likely a coincidence. */
const STRICT_TOLERANCE = 0.1;

/** Up to this difference, two periods count as equal in any case: request times are never exact. */
const TOLERANCE_MS = 1000;

/**
 * Finds requests of a client at a steady period, the oldest first: its last three requests, or any four if other requests are
 * in between. So two clients behind one address are told apart.
 */
export function findPeriod(polls: readonly Poll[], limits: PeriodLimits): readonly Poll[] | undefined {
  const lastThree = polls.slice(-3);
  const [first, , last] = lastThree;
  if (first === undefined || last === undefined) return undefined;
  if (isSteady(lastThree, limits, TOLERANCE)) return lastThree;
  if (last.requestedAt - first.requestedAt <= 2 * limits.minMs) return undefined;
  for (const second of polls.slice(0, -1).toReversed()) {
    const periodMs = last.requestedAt - second.requestedAt;
    const third = findNearest(polls, second.requestedAt - periodMs);
    const fourth = findNearest(polls, second.requestedAt - 2 * periodMs);
    const found = [fourth, third, second, last];
    if (new Set(found).size === 4 && isSteady(found, limits, STRICT_TOLERANCE)) return found;
  }
  return undefined;
}

function isSteady(polls: readonly Poll[], { minMs, maxMs }: PeriodLimits, tolerance: number): boolean {
  const periods = polls
    .slice(1)
    .map(({ requestedAt }, index) => requestedAt - (polls[index]?.requestedAt ?? NaN));
  const mean = periods.reduce((sum, period) => sum + period) / periods.length;
  const difference = Math.max(...periods) - Math.min(...periods);
  return (
    mean > minMs &&
    mean <= maxMs &&
    difference <= Math.max(tolerance * mean, Math.min(TOLERANCE_MS, mean / 2))
  );
}

function findNearest(polls: readonly Poll[], at: number): Poll {
  return polls.reduce((nearest, poll) =>
    Math.abs(poll.requestedAt - at) < Math.abs(nearest.requestedAt - at) ? poll : nearest,
  );
}
