import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convertMemoryToMb } from '../docker/parsers/units.js';
import { METRIC_UNITS } from './metric-units.js';

const HUNDREDTHS = fc.integer({ min: 0, max: 1e6 }).map((n) => n / 100);

describe('METRIC_UNITS', () => {
  it('give back every percentage that docker prints', () => {
    const { toMetric, fromMetric } = METRIC_UNITS.percent;
    fc.assert(
      fc.property(HUNDREDTHS, (percent) => {
        expect(fromMetric(toMetric(percent))).toBe(percent);
      }),
    );
  });

  it('give back every traffic that docker prints', () => {
    const { toMetric, fromMetric } = METRIC_UNITS.io;
    const digits = fc.integer({ min: 0, max: 999 });
    fc.assert(
      fc.property(digits, fc.constantFrom('kB', 'MB', 'GB', 'TB'), (n, unit) => {
        const figure = convertMemoryToMb(`${n / 100}${unit}`);
        expect(fromMetric(toMetric(figure))).toBeCloseTo(figure, 6);
        expect(toMetric(fromMetric(toMetric(figure)))).toBe(toMetric(figure));
      }),
    );
  });

  it('give back every memory that docker prints from 1 MiB on, and a smaller one to a byte', () => {
    const { toMetric, fromMetric } = METRIC_UNITS.memory;
    const digits = fc.integer({ min: 1000, max: 9999 });
    fc.assert(
      fc.property(digits, fc.constantFrom(1, 10, 100, 1000), (n, scale) => {
        const figure = convertMemoryToMb(`${n / scale}MiB`);
        expect(fromMetric(toMetric(figure))).toBe(figure);
      }),
    );
    fc.assert(
      fc.property(digits, (n) => {
        const figure = convertMemoryToMb(`${n / 10}KiB`);
        expect(Math.abs(fromMetric(toMetric(figure)) - figure)).toBeLessThan(1 / 2 ** 20);
      }),
    );
  });

  it('give a ratio without rounding noise', () => {
    expect(METRIC_UNITS.percent.toMetric(10.83)).toBe(0.1083);
  });

  it('give back numbers of processes', () => {
    expect(METRIC_UNITS.count.fromMetric(METRIC_UNITS.count.toMetric(7))).toBe(7);
  });
});
