import { formatMemory } from '../../units/format-bytes.js';
import { type CpuUnit, formatCpu } from '../../units/format-cpu.js';
import { MISSING } from '../../units/missing.js';
import type { FigureSeries, Values } from '../series/figure-series.js';
import type { Summary } from '../series/time-window.js';
import { type ChartContent, type ChartSource, createLine } from './chart-content.js';
import { BINARY_STEPS, formatBytesTick, formatCpuTick, WHOLE_STEPS } from './format-tick.js';
import { createTrafficChart } from './traffic-chart.js';

/** A limit is drawn if the figure reaches this part of it. Otherwise its line would press the figure flat. */
const NEAR_LIMIT = 0.4;

const ALL = ['min', 'average', 'max'] as const;

type Figures = FigureSeries['figures'];

/** Returns the charts of a container, in the order of the page. */
export function createCharts(source: ChartSource, figures: Figures, cpuUnit: CpuUnit): ChartContent[] {
  return [
    createCpuChart(source, figures, cpuUnit),
    createMemoryChart(source, figures),
    createTrafficChart(source, 'Network', [
      { label: 'received', values: figures.networkReceived },
      { label: 'sent', values: figures.networkSent },
    ]),
    createTrafficChart(source, 'Block I/O', [
      { label: 'read', values: figures.blockRead },
      { label: 'written', values: figures.blockWritten },
    ]),
    createProcessChart(source, figures),
  ];
}

function createCpuChart(source: ChartSource, { cpuUsage }: Figures, unit: CpuUnit): ChartContent {
  return {
    title: 'CPU',
    note: unit === 'percent' ? '100 % is one core' : '1 is one core',
    lines: [createLine(source, '', cpuUsage)],
    shownSummary: ALL,
    smallestMax: 1,
    format: (value) => formatCpu(value, unit),
    formatTick: (value) => formatCpuTick(value, unit),
  };
}

function createMemoryChart(source: ChartSource, { memoryUsage, memoryLimit }: Figures): ChartContent {
  const usage = createLine(source, '', memoryUsage);
  return {
    title: 'Memory',
    note: describeLimit(memoryUsage[source.newest], memoryLimit[source.newest]),
    lines: [usage, createLine(source, 'limit', selectLimit(memoryLimit, usage.summary), 'limit')],
    shownSummary: ALL,
    smallestMax: 1,
    steps: BINARY_STEPS,
    format: formatMemory,
    formatTick: formatBytesTick,
  };
}

function createProcessChart(source: ChartSource, { pids }: Figures): ChartContent {
  return {
    title: 'Processes',
    note: 'and threads (pids)',
    lines: [createLine(source, '', pids)],
    shownSummary: ALL,
    smallestMax: 4,
    steps: WHOLE_STEPS,
    format: (value) => (value === null ? MISSING : String(Math.round(value))),
    formatTick: String,
  };
}

function describeLimit(memory: number | null | undefined, limit: number | null | undefined): string {
  if (!limit) return 'limit unknown';
  const percent = typeof memory === 'number' ? `, ${Math.round((memory / limit) * 100)} % used` : '';
  return `limit ${formatMemory(limit)}${percent}`;
}

/** The limit where it can be drawn, else no values. */
function selectLimit(limits: Values, summary: Summary | undefined): Values {
  const limit = limits.findLast((value) => value !== null) ?? Infinity;
  return summary !== undefined && summary.max >= limit * NEAR_LIMIT ? limits : limits.map(() => null);
}
