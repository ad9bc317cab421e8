import { describe, expect, it } from 'vitest';
import { EMPTY_SERIES, type FigureSeries } from '../series/figure-series.js';
import { type ChartContent, describeChart } from './chart-content.js';
import { createCharts } from './charts.js';

/** Charts of samples every 2 s, of which all are shown. */
function create(figures: Partial<FigureSeries['figures']>, count: number): ChartContent[] {
  const times = Array.from({ length: count }, (_, n) => n * 2000);
  const missing = times.map(() => null);
  const all = Object.fromEntries(Object.keys(EMPTY_SERIES.figures).map((figure) => [figure, missing]));
  return createCharts(
    { times, range: { from: 0, to: count * 2000 }, newest: count - 1 },
    { ...all, ...figures } as FigureSeries['figures'],
    'percent',
  );
}

function find(charts: readonly ChartContent[], title: string): ChartContent {
  const chart = charts.find((content) => content.title === title);
  if (chart === undefined) throw new Error(`No chart ${title}`);
  return chart;
}

describe('createCharts', () => {
  it('draws the limit of the memory if the usage is near', () => {
    const memory = find(create({ memoryUsage: [200, 300], memoryLimit: [512, 512] }, 2), 'Memory');
    expect(memory.lines[1]?.values).toEqual([512, 512]);
    expect(memory.note).toBe('limit 512.0\u00a0MiB, 59 % used');
  });

  it('only says the limit of the memory if the usage is far below it', () => {
    const memory = find(create({ memoryUsage: [2, 3], memoryLimit: [512, 512] }, 2), 'Memory');
    expect(memory.lines[1]?.values).toEqual([null, null]);
    expect(memory.note).toBe('limit 512.0\u00a0MiB, 1 % used');
  });

  it('says that a limit is unknown', () => {
    expect(find(create({ memoryUsage: [2] }, 1), 'Memory').note).toBe('limit unknown');
  });

  it('draws rates of network and block I/O', () => {
    const network = find(create({ networkReceived: [0, 1], networkSent: [0, 0.5] }, 2), 'Network');
    expect(network.lines.map(({ values }) => values)).toEqual([
      [null, 0.5],
      [null, 0.25],
    ]);
    expect(network.format(0.5)).toBe('512.0\u00a0KiB/s');
  });

  it('draws how much totals have grown if rounding hides the rate of one', () => {
    const network = find(
      create({ networkReceived: [0, 1, 2], networkSent: [5000, 5010, 5010] }, 3),
      'Network growth',
    );
    expect(network.lines.map(({ values }) => values)).toEqual([
      [0, 1, 2],
      [0, 10, 10],
    ]);
    expect(network.format(10)).toBe('+10.0\u00a0MiB');
    expect(network.note).toBe('2.0\u00a0MiB received, 4.9\u00a0GiB sent');
  });
});

describe('describeChart', () => {
  it('says the newest value and the extremes', () => {
    const cpu = find(create({ cpuUsage: [1, 5, 3] }, 3), 'CPU');
    expect(describeChart(cpu, 2)).toBe(
      'CPU: now 3.0\u00a0%, minimum 1.0\u00a0%, average 3.0\u00a0%, maximum 5.0\u00a0%',
    );
  });

  it('says that there are no figures', () => {
    expect(describeChart(find(create({}, 2), 'Block I/O'), 1)).toBe(
      'Block I/O read: no figures; Block I/O written: no figures',
    );
  });
});
