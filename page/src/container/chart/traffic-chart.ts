import { formatTraffic } from '../../units/format-bytes.js';
import { MISSING } from '../../units/missing.js';
import type { Values } from '../series/figure-series.js';
import { computeRates } from '../series/rates.js';
import { type ChartContent, type ChartSource, createLine } from './chart-content.js';
import { BINARY_STEPS, formatBytesTick } from './format-tick.js';

/** A total of docker, such as what was received. */
interface Total {
  readonly label: string;
  readonly values: Values;
}

/**
 * Creates a chart of two totals: their rates, or, if docker's rounding hides a rate, how much they have grown in the
 * shown window.
 */
export function createTrafficChart(
  source: ChartSource,
  title: string,
  totals: readonly [Total, Total],
): ChartContent {
  const lines = totals.map(({ label, values }, n) =>
    createLine(source, label, computeRates(source.times, values), n === 0 ? 'solid' : 'dashed'),
  );
  const content = {
    title,
    note: totals
      .map(({ label, values }) => `${formatTraffic(values[source.newest] ?? null)} ${label}`)
      .join(', '),
    lines,
    shownSummary: ['max'] as const,
    smallestMax: 1 / 1024,
    steps: BINARY_STEPS,
    format: (rate: number | null) => (rate === null ? MISSING : `${formatTraffic(rate)}/s`),
    formatTick: (rate: number) => (rate === 0 ? '0' : `${formatBytesTick(rate)}/s`),
  };
  const isHidden = lines.some(({ summary }, n) => summary === undefined && hasValues(totals[n]?.values));
  return isHidden ? showGrowth(source, content, totals) : content;
}

function showGrowth(source: ChartSource, content: ChartContent, totals: readonly Total[]): ChartContent {
  const lines = totals.map(({ label, values }, n) =>
    createLine(source, label, computeGrowth(source, values), n === 0 ? 'solid' : 'dashed'),
  );
  return {
    ...content,
    title: `${content.title} growth`,
    lines,
    shownSummary: [],
    format: (mb) => (mb === null ? MISSING : `+${formatTraffic(mb)}`),
    formatTick: formatBytesTick,
  };
}

/** The difference to the first value in the window. A restart of the container starts again at 0. */
function computeGrowth({ times, range }: ChartSource, totals: Values): Values {
  let grown = 0;
  let before: number | undefined;
  return totals.map((total, n) => {
    if (total === null || (times[n] ?? 0) < range.from) return null;
    grown += Math.max(0, total - (before ?? total));
    before = total;
    return grown;
  });
}

function hasValues(values: Values = []): boolean {
  return values.some((value) => value !== null);
}
