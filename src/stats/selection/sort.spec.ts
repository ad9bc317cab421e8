import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countTurns } from '../../../test/support/processes/event-loop.js';
import { TimeSlices } from '../../sampling/time-slices.js';
import { sortBy } from './sort.js';

describe('sortBy', () => {
  it('sorts any number of items like Array.prototype.toSorted, those without a value last', async () => {
    const items = fc.array(fc.record({ value: fc.option(fc.integer({ min: 0, max: 50 })), id: fc.nat() }), {
      maxLength: 2000,
      size: 'max',
    });
    await fc.assert(
      fc.asyncProperty(items, fc.constantFrom(1, -1), async (given, sign) => {
        const expected = given.toSorted((a, b) => {
          if (a.value === null || b.value === null)
            return Number(a.value === null) - Number(b.value === null);
          return sign * (a.value - b.value);
        });
        const sorted = await sortBy(given, sign === 1 ? 'value' : '-value', new TimeSlices('own'));
        expect(sorted).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('does not block the event loop while it compares long labels', async () => {
    const label = 'x'.repeat(500);
    const items = Array.from({ length: 20_000 }, (_, n) => ({ label: `${label}${(n * 7919) % 20_000}` }));
    expect(await countTurns(() => sortBy(items, 'label', new TimeSlices('own')))).toBeGreaterThan(3);
  });
});
