import { it } from 'vitest';
import { type Figure, type Goal, median, type Unit } from './figures.js';

/** Collects the figures of one scenario. */
export class ScenarioRecord {
  /** The docker that the service runs; see `Measurement`. */
  docker = 'fake CLI';
  readonly figures: Figure[] = [];

  /** Adds a figure that was measured once. */
  addValue(name: string, unit: Unit, value: number, goal?: Goal): void {
    this.#add({ name, unit, value }, goal);
  }

  /** Adds the median of a figure that was measured in several rounds. */
  addMedian(name: string, unit: Unit, rounds: readonly number[], goal?: Goal): void {
    this.#add({ name, unit, value: median(rounds), raw: { rounds } }, goal);
  }

  /** Adds the ratio of the medians of two servers that were measured alternately. */
  addRatio(name: string, ours: readonly number[], theirs: readonly number[], goal?: Goal): void {
    this.#add({ name, unit: 'x', value: median(ours) / median(theirs), raw: { ours, theirs } }, goal);
  }

  #add(figure: Figure, goal: Goal | undefined): void {
    this.figures.push({ ...figure, ...(goal && { goal }) });
  }
}

/**
 * Defines a scenario of the benchmark: a test that measures. It does not check its figures: the reporter does, after all
 * scenarios.
 */
export function scenario(name: string, measure: (record: ScenarioRecord) => Promise<void>): void {
  // oxlint-disable-next-line vitest/valid-title, vitest/expect-expect -- the caller has the title; the reporter checks
  it(name, async ({ task }) => {
    const record = new ScenarioRecord();
    await measure(record);
    task.meta.measurement = { docker: record.docker, figures: record.figures };
  });
}
