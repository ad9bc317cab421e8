import { BYTES_PER_MB } from '../../sampling/container-fields.js';

/** How many digits of a total docker prints. */
const DIGITS = 3;

/** A rate is given if docker's rounding changes it by at most 10 %, or by at most 0.01 MB/s. */
const MAX_RELATIVE_ERROR = 0.1;
const MAX_ERROR = 0.01;

/**
 * Computes the rate of a total in MB/s. Returns `NaN` if a value is missing, if the total fell (the container restarted), or if
 * docker's rounding makes the rate meaningless.
 */
export function computeRate(before: number, after: number, ms: number): number {
  const seconds = ms / 1000;
  const rate = (after - before) / seconds;
  if (!(rate >= 0) || seconds <= 0) return NaN;
  const error = getRoundingStep(after) / seconds;
  return error <= Math.max(MAX_ERROR, rate * MAX_RELATIVE_ERROR) ? rate : NaN;
}

/** Computes the rate between each sample and the one before it; `NaN` for the first sample and after a gap. */
export function computeRates(
  totals: Float64Array,
  times: readonly number[],
  segments: Uint32Array,
): Float64Array {
  return totals.map((total, n) =>
    n > 0 && segments[n] === segments[n - 1]
      ? computeRate(totals[n - 1] ?? NaN, total, (times[n] ?? 0) - (times[n - 1] ?? 0))
      : NaN,
  );
}

/** Returns the distance between two values that docker can print, in MB: 0.01 of a unit for `1.02MB`, 1 for `102MB`. */
function getRoundingStep(mb: number): number {
  // Numbers are stored with 32 bits, so 100 GB may have become 99.999998 GB: the factor corrects that.
  const bytes = mb * BYTES_PER_MB * (1 + 1e-6);
  const power = Math.floor(Math.log10(bytes)) - (DIGITS - 1);
  return 10 ** Math.max(power, 0) / BYTES_PER_MB;
}
