import { formatMemory, formatTraffic } from '../../units/format-bytes.js';
import { type CpuUnit, formatCpu } from '../../units/format-cpu.js';
import { MISSING } from '../../units/missing.js';
import type { FigureSeries, Values } from '../series/figure-series.js';
import { computeRates } from '../series/rates.js';
import { summarize, type Summary, type TimeRange } from '../series/time-window.js';
import { BINARY_STEPS, formatBytesTick, formatCpuTick, WHOLE_STEPS } from './format-tick.js';

/** One line of a chart. */
export interface ChartLine {
  /** Empty if the title says it. */
  readonly label: string;
  readonly values: Values;
  readonly style: 'solid' | 'dashed' | 'limit';
  /** Over the shown window; `undefined` if it has no values. */
  readonly summary: Summary | undefined;
}

/** What a chart shows. */
export interface ChartContent {
  readonly title: string;
  /** Said next to the title. */
  readonly note: string;
  readonly lines: readonly ChartLine[];
  /** Shown instead of the lines if there is no value to draw. */
  readonly emptyText: string;
  /** The axis ends at least here, so that noise does not look like load. */
  readonly smallestMax: number;
  /** Distances between the labels of the axis. Default: decimal. */
  readonly steps?: readonly number[];
  readonly format: (value: number | null) => string;
  readonly formatTick: (value: number) => string;
}

/** A limit is drawn if the figure reaches this part of it. Otherwise its line would press the figure flat. */
const NEAR_LIMIT = 0.4;

const NO_VALUES = 'No figures in this time';
const TOO_COARSE = 'Docker prints these totals with three digits: too coarse to see the rate';

/** Returns the charts of a container over a window, in the order of the page. */
export function createCharts(series: FigureSeries, range: TimeRange, cpuUnit: CpuUnit): ChartContent[] {
  const createLine = (label: string, values: Values, style: ChartLine['style']): ChartLine => ({
    label,
    values,
    style,
    summary: summarize(series.times, values, range),
  });
  const createRates = (
    title: string,
    labels: readonly [string, string],
    totals: readonly [Values, Values],
  ): ChartContent => ({
    title,
    note: totals.map((values, n) => `${formatTraffic(findLast(values))} ${labels[n]}`).join(', '),
    lines: [
      createLine(labels[0], computeRates(series.times, totals[0]), 'solid'),
      createLine(labels[1], computeRates(series.times, totals[1]), 'dashed'),
    ],
    emptyText: totals.flat().some((value) => value !== null) ? TOO_COARSE : NO_VALUES,
    smallestMax: 1 / 1024,
    steps: BINARY_STEPS,
    format: (rate) => (rate === null ? MISSING : `${formatTraffic(rate)}/s`),
    formatTick: (rate) => (rate === 0 ? '0' : `${formatBytesTick(rate)}/s`),
  });
  const { figures } = series;
  const memory = createLine('', figures.memoryUsage, 'solid');
  return [
    {
      title: 'CPU',
      note: cpuUnit === 'percent' ? '100 % is one core' : 'cores',
      lines: [createLine('', figures.cpuUsage, 'solid')],
      emptyText: NO_VALUES,
      smallestMax: 1,
      format: (value) => formatCpu(value, cpuUnit),
      formatTick: (value) => formatCpuTick(value, cpuUnit),
    },
    {
      title: 'Memory',
      note: describeLimit(findLast(figures.memoryUsage), findLast(figures.memoryLimit)),
      lines: [memory, createLine('limit', selectLimit(figures.memoryLimit, memory.summary), 'limit')],
      emptyText: NO_VALUES,
      smallestMax: 1,
      steps: BINARY_STEPS,
      format: formatMemory,
      formatTick: formatBytesTick,
    },
    createRates('Network', ['received', 'sent'], [figures.networkReceived, figures.networkSent]),
    createRates('Block I/O', ['read', 'written'], [figures.blockRead, figures.blockWritten]),
    {
      title: 'Processes',
      note: 'processes and threads (pids)',
      lines: [createLine('', figures.pids, 'solid')],
      emptyText: NO_VALUES,
      smallestMax: 4,
      steps: WHOLE_STEPS,
      format: (value) => (value === null ? MISSING : String(value)),
      formatTick: String,
    },
  ];
}

/** Describes a chart for those who do not see it. */
export function describeChart({ title, lines, format }: ChartContent): string {
  const texts = lines
    .filter(({ style }) => style !== 'limit')
    .map(({ label, values, summary }) => {
      const name = label === '' ? title : `${title} ${label}`;
      if (summary === undefined) return `${name}: no figures`;
      const { min, average, max } = summary;
      return `${name}: now ${format(findLast(values))}, minimum ${format(min)}, average ${format(average)}, maximum ${format(max)}`;
    });
  return texts.join('; ');
}

/** The newest value, also if it is missing: the figure now. */
export function findLast(values: Values): number | null {
  return values.at(-1) ?? null;
}

function describeLimit(memory: number | null, limit: number | null): string {
  if (limit === null || limit === 0) return 'limit unknown';
  const percent = memory === null ? '' : `, ${Math.round((memory / limit) * 100)} % used`;
  return `limit ${formatMemory(limit)}${percent}`;
}

/** The limit where it can be drawn, else no values. */
function selectLimit(limits: Values, summary: Summary | undefined): Values {
  const limit = limits.findLast((value) => value !== null) ?? Infinity;
  return summary !== undefined && summary.max >= limit * NEAR_LIMIT ? limits : limits.map(() => null);
}
