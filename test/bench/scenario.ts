import { it } from 'vitest';
import type { Figure } from './figures.js';

/** Where a scenario puts what it measures. */
export interface ScenarioRecord {
  /** Says which docker is under the service. */
  docker: (label: string) => void;
  /** Adds rows to the table. */
  figures: (...figures: Figure[]) => void;
}

/** A scenario of the benchmark: a test that measures. The reporter judges its figures, so that all of them are taken. */
export function scenario(
  name: string,
  measure: (record: ScenarioRecord) => Promise<void>,
  isSkipped = false,
): void {
  // oxlint-disable-next-line vitest/valid-title, vitest/expect-expect -- the scenario's own; the reporter judges
  it.skipIf(isSkipped)(name, async ({ task }) => {
    const figures: Figure[] = [];
    let docker = 'stand-in';
    await measure({
      docker: (label) => (docker = label),
      figures: (...measured) => figures.push(...measured),
    });
    task.meta.measurement = { docker, figures };
  });
}
