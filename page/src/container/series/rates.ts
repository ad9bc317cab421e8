import { computeRate } from '../../../../src/history/figures/rates.js';
import type { Values } from './figure-series.js';

/** A rate is the average over at most this time. */
export const MAX_RATE_WINDOW_MS = 60_000;

/**
 * Computes how fast a total grows, in MB/s. Docker rounds totals to 3 digits: the rate of a sample goes back to the latest
 * sample from which rounding does not matter. It is `null` if there is none since the last gap or restart.
 */
export function computeRates(times: readonly number[], totals: Values): Values {
  return totals.map((total, n) => (total === null ? null : findRate(times, totals, n)));
}

function findRate(times: readonly number[], totals: Values, n: number): number | null {
  const total = totals[n] ?? NaN;
  let next = total;
  for (let start = n - 1; start >= 0; start--) {
    const before = totals[start] ?? NaN;
    const ms = (times[n] ?? 0) - (times[start] ?? 0);
    if (!(before <= next) || ms > MAX_RATE_WINDOW_MS) return null;
    const rate = computeRate(before, total, ms);
    if (!Number.isNaN(rate)) return rate;
    next = before;
  }
  return null;
}
