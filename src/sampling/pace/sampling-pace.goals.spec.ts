import { describe, expect, it } from 'vitest';
import { POLLING_CASES, simulateCase } from '../../../test/support/sampling/polling-cases.js';

describe('SamplingPace meets its goals for', () => {
  it.each(
    POLLING_CASES.flatMap((pollingCase) =>
      [1, 2, 3].map((seed) => [pollingCase.name, seed, pollingCase] as const),
    ),
  )('%s (seed %i)', async (_name, seed, pollingCase) => {
    const { goals } = pollingCase;
    const { runs, atOnce, ageMs } = await simulateCase(pollingCase, seed);
    expect(runs).toBeLessThanOrEqual(goals.runs + 0.02);
    expect(atOnce).toBeGreaterThanOrEqual((goals.atOnce ?? 0) - 0.01);
    expect(ageMs).toBeLessThanOrEqual(goals.ageMs ?? Infinity);
  });
});
