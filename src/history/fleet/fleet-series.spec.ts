import { describe, expect, it } from 'vitest';
import { createContainer } from '../../../test/support/history/history-samples.js';
import type { Point } from '../../prometheus/client/result-parser.js';
import { type FieldSource, HISTORY_FIELDS } from '../figures/history-fields.js';
import { TimeSlices } from '../../sampling/time-slices.js';
import type { CollectedPoints } from './queries/collected-figures.js';
import { toColumn } from './columns.js';
import { EMPTY_TIMELINE, FleetSeries, FleetSteps, FleetSummary } from './fleet-series.js';
import { StepGrid } from './step-grid.js';

const MB = 2 ** 20;
const NO_POINTS: CollectedPoints = new Map();

function getField(name: string): FieldSource {
  const field = HISTORY_FIELDS.find((one) => one.name === name);
  if (field === undefined) throw new Error(`No field ${name}`);
  return field;
}

/** Returns points at 0 s, 10 s, 20 s and so on. */
function createPoints(...values: readonly number[]): readonly Point[] {
  return values.map((value, n) => [n * 10, String(value)] as const);
}

function toThreeValues(list: readonly Point[]): Float64Array {
  return toColumn(list, 3, (at) => at / 10_000);
}

/** Two steps of 10 s, from 0 s to 20 s; the first value is that before them. The host was sampled at the given seconds. */
function createSteps(
  points: Readonly<Record<string, readonly Point[]>>,
  sampled: readonly number[] = [0, 10, 20],
): FleetSteps {
  const times = sampled.map((second) => second * 1000);
  const timeline = { ...EMPTY_TIMELINE, times, segments: new Uint32Array(times.length) };
  const columns = sampled.map((second) => Math.ceil(second / 10));
  const grid = new StepGrid(2, 0, 20_000);
  return new FleetSteps(createContainer('a'), new Map(Object.entries(points)), grid, { timeline, columns });
}

describe('FleetSeries', () => {
  it('has the samples of a figure in its unit, and NaN where there is none', () => {
    const points = new Map([['cpuUsage', createPoints(0.5, 1)]]);
    const series = new FleetSeries(createContainer('a'), EMPTY_TIMELINE, points, toThreeValues);
    expect([...series.readFigure(getField('cpuUsage').figure)]).toEqual([50, 100, NaN]);
    expect([...series.readFigure(getField('pids').figure)]).toEqual([NaN, NaN, NaN]);
    expect(series.countSamples()).toBe(2);
  });

  it('computes the memory in % of the limit', () => {
    const points = new Map([
      ['memoryUsage', createPoints(MB, 3 * MB)],
      ['memoryLimit', createPoints(4 * MB, 4 * MB)],
    ]);
    const series = new FleetSeries(createContainer('a'), EMPTY_TIMELINE, points, (list) =>
      toColumn(list, 2, (at) => at / 10_000),
    );
    expect([...series.readFigure(getField('memoryPercent').figure)]).toEqual([25, 75]);
  });
});

describe('FleetSteps', () => {
  it('have average, minimum and maximum of a figure', () => {
    const steps = createSteps({
      'cpuUsage avg': createPoints(9, 0.2, 0.3),
      'cpuUsage min': createPoints(9, 0.1, 0.1),
      'cpuUsage max': createPoints(9, 0.4, 0.5),
    }).readSteps(getField('cpuUsage'));
    expect(steps).toEqual({
      value: Float64Array.of(20, 30),
      min: Float64Array.of(10, 10),
      max: Float64Array.of(40, 50),
    });
  });

  it('have the last value of a total', () => {
    const steps = createSteps({
      'blockRead last': createPoints(MB, 2 * MB, 3 * MB),
      'blockRead min': createPoints(MB, MB, 2 * MB),
      'blockRead max': createPoints(MB, 2 * MB, 3 * MB),
    }).readSteps(getField('blockRead'));
    expect([...steps.value]).toEqual([2, 3]);
  });

  it('have a rate since the step before, and no extremes of it', () => {
    const { value, min, max } = createSteps({
      'networkSent last': createPoints(0, 50 * MB, 150 * MB),
    }).readSteps(getField('networkSentRate'));
    expect([...value]).toEqual([5, 10]);
    expect([...min, ...max]).toEqual([NaN, NaN, NaN, NaN]);
  });

  it('have a rate over the time between the samples, not over the step', () => {
    const last = createPoints(0, 50 * MB, 150 * MB);
    const { value } = createSteps({ 'networkSent last': last }, [0, 8, 18]).readSteps(
      getField('networkSentRate'),
    );
    expect([...value]).toEqual([6.25, 10]);
  });

  it('have a rate since the sample before a step without one', () => {
    const last = [
      [0, '0'],
      [20, String(50 * MB)],
    ] as const;
    const { value } = createSteps({ 'networkSent last': last }, [0, 20]).readSteps(
      getField('networkSentRate'),
    );
    expect([...value]).toEqual([NaN, 2.5]);
  });

  it('have no rate after a sample without the container, nor after a restart of the container', () => {
    const last = [
      [0, String(50 * MB)],
      [20, String(90 * MB)],
    ] as const;
    const missing = createSteps({ 'networkSent last': last });
    expect([...missing.readSteps(getField('networkSentRate')).value]).toEqual([NaN, NaN]);
    const restart = createSteps({ 'networkSent last': createPoints(50 * MB, MB, 51 * MB) });
    expect([...restart.readSteps(getField('networkSentRate')).value]).toEqual([NaN, 5]);
  });
});

describe('StepGrid', () => {
  it('has equal steps of whole milliseconds that end with the window', () => {
    const { stepMs, since, range } = new StepGrid(7, 0, 1000);
    expect({ stepMs, since, range }).toEqual({
      stepMs: 143,
      since: -1,
      range: { start: -0.001, end: 1, step: 0.143 },
    });
  });

  it('finds the latest sample in each step, and gaps; a time before the step is that of an older sample', async () => {
    const grid = new StepGrid(10, 0, 100_000);
    const seconds = [-20, 9, 19, 29, 29, 29, 29, 29, 79, 89, 99];
    const points = seconds.map((at, n): Point => [n * 10, String(at)]);
    const { timeline, columns } = await grid.findSamples(points, new TimeSlices('own'));
    expect(timeline.times).toEqual([9, 19, 29, 79, 89, 99].map((at) => at * 1000));
    expect([...timeline.segments]).toEqual([0, 0, 0, 1, 1, 1]);
    expect(columns).toEqual([1, 2, 3, 8, 9, 10]);
  });
});

describe('FleetSummary', () => {
  it('has the statistics that Prometheus computed; a total has neither average nor percentile', () => {
    const parts = { 'cpuUsage min': 0.1, 'cpuUsage avg': 0.2, 'cpuUsage max': 0.4, 'cpuUsage p95': 0.3 };
    const totals = { 'blockRead min': MB, 'blockRead max': 2 * MB, 'cpuUsage count': 12 };
    const points = new Map(
      Object.entries({ ...parts, ...totals }).map(([part, value]) => [part, createPoints(value)]),
    );
    const summary = new FleetSummary(createContainer('a'), points, createSteps({}));
    expect(summary.summarize(getField('cpuUsage'))).toEqual({ min: 10, avg: 20, max: 40, p95: 30 });
    expect(summary.summarize(getField('blockRead'))).toEqual({ min: 1, avg: null, max: 2, p95: null });
    expect(summary.countSamples()).toBe(12);
  });

  it('has the statistics of rates over the steps of the window', () => {
    const rates = createSteps({ 'networkSent last': createPoints(0, 50 * MB, 150 * MB) });
    const summary = new FleetSummary(createContainer('a'), NO_POINTS, rates);
    expect(summary.summarize(getField('networkSentRate'))).toEqual({ min: 5, avg: 7.5, max: 10, p95: 10 });
  });
});
