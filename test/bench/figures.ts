/** What a figure must reach. */
export type Goal = { readonly atLeast: number } | { readonly atMost: number } | { readonly exactly: number };

/** `x` is a ratio; a count has none. */
export type Unit = 'x' | 'ms' | 'µs' | 'MB' | 'KB' | '%' | 'requests/s' | '';

/** One measured figure: a row of the table. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: Unit;
  /** Left out of a figure that is for information. */
  readonly goal?: Goal;
  /** What it was made of: absolute figures, one a round. */
  readonly raw?: Readonly<Record<string, readonly number[]>>;
}

/** What one scenario measured, and on what. */
export interface Measurement {
  /** Which docker was under the service. */
  readonly docker: string;
  readonly figures: readonly Figure[];
}

declare module 'vitest' {
  interface TaskMeta {
    measurement?: Measurement;
  }
}

/** Whether a figure reaches its goal; one without a goal does. */
export function isMet({ value, goal }: Figure): boolean {
  if (goal === undefined) return true;
  if ('atLeast' in goal) return value >= goal.atLeast;
  if ('atMost' in goal) return value <= goal.atMost;
  return value === goal.exactly;
}

/** The middle value; of an even number of them, the mean of the two in the middle. `NaN` of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = NaN, high = low] = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1);
  return (low + high) / 2;
}

/** All of them together. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** A figure measured once. */
export function single(name: string, unit: Unit, value: number, goal?: Goal): Figure {
  return { name, value, unit, ...(goal && { goal }) };
}

/** A figure measured in several rounds: their median. */
export function medianOf(name: string, unit: Unit, rounds: readonly number[], goal?: Goal): Figure {
  return { ...single(name, unit, median(rounds), goal), raw: { rounds } };
}

/** The ratio of two things measured by turns: that of their medians. */
export function ratioOf(
  name: string,
  [ours, theirs]: readonly [readonly number[], readonly number[]],
  goal?: Goal,
): Figure {
  return { ...single(name, 'x', median(ours) / median(theirs), goal), raw: { ours, theirs } };
}
