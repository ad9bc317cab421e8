/** What the functions over a range compute of its values, the oldest first. There is at least one. */
export const OVER_TIME: Readonly<Record<string, (values: readonly number[], parameter: number) => number>> = {
  avg_over_time: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  min_over_time: (values) => Math.min(...values),
  max_over_time: (values) => Math.max(...values),
  sum_over_time: (values) => values.reduce((sum, value) => sum + value, 0),
  last_over_time: (values) => values.at(-1) ?? NaN,
  count_over_time: ({ length }) => length,
  quantile_over_time: findQuantile,
};

/** Interpolates between the two values next to the rank, as Prometheus does. */
function findQuantile(values: readonly number[], quantile: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = quantile * (sorted.length - 1);
  const lower = sorted[Math.floor(rank)] ?? NaN;
  const upper = sorted[Math.ceil(rank)] ?? NaN;
  return lower + (upper - lower) * (rank % 1);
}
