import type { Figure } from 'docker-stats-client';
import { CONTAINER_FIELDS, CONTAINER_INFO } from '../../../sampling/container-fields.js';
import { formatSelector } from '../../../prometheus/queries/promql.js';
import { PART_LABEL } from '../../../prometheus/queries/target-labels.js';
import type { FieldSource } from '../../figures/history-fields.js';
import { FIGURE_METRICS, listSources } from './figure-metrics.js';
import { FIGURES } from '../../figures/figures.js';

/** Says at each scrape of a host whether docker gave a sample. */
export const HOST_METRIC = 'docker_up';

const HEALTH_METRIC = CONTAINER_FIELDS.find(({ name }) => name === 'health')?.metric?.name ?? '';

/** What Prometheus computes of a figure over a time. */
export type Statistic = 'avg' | 'min' | 'max' | 'p95' | 'last' | 'count';

/** A figure and a statistic: the value of {@link PART_LABEL}. */
export type Part = `${Figure} ${Statistic}`;

/** What a query says of a host: when its latest sample before a moment was taken, or the first and last one of a window, and their number. */
export type HostPart = 'sampledAt' | 'first' | 'last' | 'samples';

/** How long before a moment a subquery looks, and how often. */
export interface LookBack {
  readonly rangeMs: number;
  readonly stepMs: number;
}

/** The value of {@link PART_LABEL} of the containers that run at the end of the window. */
export const CURRENT = 'current';

const FUNCTIONS: Readonly<Record<Statistic, (series: string) => string>> = {
  avg: (series) => `avg_over_time(${series})`,
  min: (series) => `min_over_time(${series})`,
  max: (series) => `max_over_time(${series})`,
  p95: (series) => `quantile_over_time(0.95, ${series})`,
  last: (series) => `last_over_time(${series})`,
  count: (series) => `count_over_time(${series})`,
};

/** The statistics that each kind of field needs. */
export type NeededStatistics = Readonly<Record<FieldSource['kind'], readonly Statistic[]>>;

/** For steps. */
export const STEP_STATISTICS: NeededStatistics = {
  gauge: ['avg', 'min', 'max'],
  counter: ['last', 'min', 'max'],
  rate: ['last'],
};

/** For the statistics of a window, without rates. */
export const SUMMARY_STATISTICS: NeededStatistics = {
  gauge: ['avg', 'min', 'max', 'p95'],
  counter: ['last', 'min', 'max'],
  rate: [],
};

/** For the rates of a window. */
export const RATE_STATISTICS: NeededStatistics = { gauge: [], counter: [], rate: ['last'] };

/** Returns the parts that give the statistics of fields. */
export function listParts(fields: readonly FieldSource[], needed: NeededStatistics): readonly Part[] {
  const parts = fields.flatMap(({ figure, kind }) =>
    listSources(FIGURES[figure] ?? 'cpuUsage').flatMap((source) =>
      needed[kind].map((statistic): Part => `${source} ${statistic}`),
    ),
  );
  return [...new Set(parts)];
}

/** Returns an expression with all parts over a time, each with its name in {@link PART_LABEL}. */
export function createPartsQuery(
  parts: readonly Part[],
  matchers: readonly string[],
  rangeMs: number,
): string {
  return parts
    .map((part) => {
      const [figure, statistic] = part.split(' ') as [Figure, Statistic];
      const series = `${selectFigure(figure, matchers)}[${rangeMs}ms]`;
      return namePart(FUNCTIONS[statistic](series), part);
    })
    .join(' or ');
}

/** Returns an expression that says of each host when its latest sample was taken. */
export function createSampleTimesQuery(hostMatchers: readonly string[]): string {
  return namePart(selectSampleTimes(hostMatchers), 'sampledAt');
}

/** Returns an expression that says of each host when its last sample since a moment was taken. */
export function createLastSampleQuery(
  hostMatchers: readonly string[],
  since: number,
  lookBack: LookBack,
): string {
  return namePart(findLatest(selectSampleTimes(hostMatchers, since), lookBack), 'last');
}

/** Returns an expression that says of each host when its first and its last sample since a moment were taken, and how many there are. */
export function createSampleStatisticsQuery(
  hostMatchers: readonly string[],
  since: number,
  lookBack: LookBack,
): string {
  const sampled = selectSampleTimes(hostMatchers, since);
  const first = `min_over_time(${selectRange(sampled, lookBack)}) or ${sampled}`;
  const samples = `sum_over_time(${formatSelector(HOST_METRIC, hostMatchers)}[${lookBack.rangeMs}ms])`;
  return [
    namePart(first, 'first'),
    createLastSampleQuery(hostMatchers, since, lookBack),
    namePart(samples, 'samples'),
  ].join(' or ');
}

/** Returns an expression with all samples of figures over a time. */
export function createSamplesQuery(
  figures: Iterable<Figure>,
  matchers: readonly string[],
  rangeMs: number,
): string {
  const metrics = new Set([...figures].flatMap((figure) => FIGURE_METRICS.get(figure)?.name ?? []));
  return `${formatSelector('', [`__name__=~"${[...metrics].join('|')}"`, ...matchers])}[${rangeMs}ms]`;
}

/** Returns an expression that describes all containers of a time, with their health, and again those that run at its end. */
export function createInfoQuery(matchers: readonly string[], rangeMs: number): string {
  const current = formatSelector(CONTAINER_INFO.name, matchers);
  const info = `last_over_time(${current}[${rangeMs}ms])`;
  const health = `last_over_time(${formatSelector(HEALTH_METRIC, matchers)}[${rangeMs}ms]) == 1`;
  return `${info} or ${health} or ${namePart(current, CURRENT)}`;
}

/** Returns an expression that says of each container when it was seen last, to this precision. */
export function createLastSeenQuery(matchers: readonly string[], lookBack: LookBack): string {
  return findLatest(`timestamp(${formatSelector(CONTAINER_INFO.name, matchers)})`, lookBack);
}

function selectSampleTimes(hostMatchers: readonly string[], since?: number): string {
  const up = formatSelector(HOST_METRIC, hostMatchers);
  return `timestamp(${up})${since === undefined ? '' : ` >= ${since / 1000}`} and ${up} == 1`;
}

/** The time at the moment itself is exact. */
function findLatest(sampled: string, lookBack: LookBack): string {
  return `${sampled} or max_over_time(${selectRange(sampled, lookBack)})`;
}

function selectRange(expression: string, { rangeMs, stepMs }: LookBack): string {
  return `(${expression})[${rangeMs}ms:${stepMs}ms]`;
}

function selectFigure(figure: Figure, matchers: readonly string[]): string {
  const metric = FIGURE_METRICS.get(figure);
  const direction = metric?.direction === undefined ? [] : [`direction="${metric.direction}"`];
  return formatSelector(metric?.name ?? '', [...matchers, ...direction]);
}

function namePart(expression: string, name: Part | HostPart | typeof CURRENT): string {
  return `label_replace(${expression}, "${PART_LABEL}", "${name}", "", "")`;
}
