export type Goal = { readonly atLeast: number } | { readonly atMost: number } | { readonly exactly: number };

/** `x` is a ratio; a count has no unit. */
export type Unit = 'x' | 's' | 'ms' | 'µs' | 'MB' | 'KB' | '%' | 'requests/s' | '';

/** One measured figure: a row of the table. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: Unit;
  readonly goal?: Goal;
  /** The measured values, one per round, from which `value` was computed. */
  readonly raw?: Readonly<Record<string, readonly number[]>>;
}

/** What one scenario measured. */
export interface Measurement {
  /** `real engine` or `fake CLI`. */
  readonly docker: string;
  readonly figures: readonly Figure[];
}

declare module 'vitest' {
  interface TaskMeta {
    measurement?: Measurement;
  }
}

/** Whether a figure reaches its goal. A figure without a goal always does. */
export function isMet({ value, goal }: Figure): boolean {
  if (goal === undefined) return true;
  if ('atLeast' in goal) return value >= goal.atLeast;
  if ('atMost' in goal) return value <= goal.atMost;
  return value === goal.exactly;
}

/** For an even number of values, the mean of the two in the middle. `NaN` for no values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = NaN, high = low] = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1);
  return (low + high) / 2;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
