import type { ContainerStats, SkippedRow } from 'docker-stats-client';
import {
  CONTAINER_FIELDS,
  CONTAINER_INFO,
  CONTAINER_SKIPPED,
  isFigure,
} from '../../sampling/container-fields.js';
import { METRIC_UNITS } from '../../sampling/metric-units.js';
import { compareContainers } from '../../sampling/order.js';
import { SKIP_REASONS } from '../../sampling/stats-sample.js';
import type { Row } from '../client/result-parser.js';
import type { Target } from './host-states.js';
import { formatSelector } from './promql.js';
import { identifyTarget, type LabelNames } from './target-labels.js';
import { createUnknownContainer } from './unknown-container.js';

/** A container without its figures yet. */
interface Draft extends Record<string, unknown> {
  readonly host: string;
  readonly id: string;
  name: string;
  project: string | null;
  state: string | null;
  cpuUsage: number | null;
  memoryUsage: number | null;
  memoryLimit: number | null;
  memoryPercent: number | null;
}

/** In how many queries at a time the values are read. That of the states runs beside them. */
const VALUE_QUERIES = 3;

/** Converts the value of a series to that of its field; the label is that of the state. */
type Reader = (value: number, metric: Row['metric'], names: LabelNames) => unknown;

/** Which field a series gives, by the metric and the direction. */
const FIELDS_BY_SERIES = new Map<string, { readonly name: string; readonly read: Reader }>();

/** Metrics with one series for each state, of which only the current one counts. */
const STATE_METRICS = new Set<string>();

/** Metrics with one value for each container. */
const VALUE_METRICS = new Set([CONTAINER_INFO.name, CONTAINER_SKIPPED.name]);

/** The metrics of the basic view. */
const BASIC_METRICS = new Set<string>();

for (const field of CONTAINER_FIELDS) {
  const { name, metric, unit, isBasic } = field;
  if (metric === undefined) continue;
  const metrics = unit === 'text' ? STATE_METRICS : VALUE_METRICS;
  metrics.add(metric.name);
  if (isBasic) BASIC_METRICS.add(metric.name);
  const direction = isFigure(field) ? field.direction : undefined;
  FIELDS_BY_SERIES.set(toSeriesId(metric.name, direction), { name, read: createReader(field) });
}

function createReader(field: (typeof CONTAINER_FIELDS)[number]): Reader {
  if (isFigure(field)) return METRIC_UNITS[field.unit].fromMetric;
  if (field.unit === 'time') return (seconds) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
  const label = field.name as keyof LabelNames;
  return (_value, metric, names) => metric[names[label]] ?? null;
}

function toSeriesId(metric = '', direction = ''): string {
  return `${metric} ${direction}`;
}

/**
 * Returns the expressions that give the series of the containers. Several at a time are quicker than one: a storage works on each
 * with one core.
 *
 * @param isBasic only those of the basic view
 */
export function createContainerQueries(matchers: readonly string[], isBasic = false): readonly string[] {
  const select = (metrics: readonly string[]): string =>
    formatSelector('', [`__name__=~"${metrics.join('|')}"`, ...matchers]);
  if (isBasic) return [select([...BASIC_METRICS])];
  const states = [...STATE_METRICS].map((metric) => `${formatSelector(metric, matchers)} == 1`);
  return [...deal([...VALUE_METRICS], VALUE_QUERIES).map(select), states.join(' or ')];
}

/** Deals items to a number of groups. */
function deal<T>(items: readonly T[], groups: number): readonly (readonly T[])[] {
  return Array.from({ length: groups }, (_, group) => items.filter((_item, n) => n % groups === group));
}

/** Reads the series of the containers of one host. */
export class HostContainers {
  readonly #drafts = new Map<string, Draft>();
  readonly #skipped: SkippedRow[] = [];

  constructor(
    private readonly host: string,
    private readonly target: Target,
    private readonly replicaLabels: readonly string[],
  ) {}

  add({ metric, value: [, text] = [0, ''] }: Row): void {
    if (!this.#isOfTarget(metric)) return;
    const names = this.target.labelNames;
    const [id, name] = [metric[names.id], metric[names.name]];
    if (metric['__name__'] === CONTAINER_SKIPPED.name) {
      const project = metric[names.project] ?? null;
      // A newer service on the host may have other reasons.
      const reason = SKIP_REASONS.find((known) => known === metric[names.reason]) ?? 'no_reading';
      this.#skipped.push({ host: this.host, container: name ?? null, id: id ?? null, project, reason });
      return;
    }
    if (id === undefined || name === undefined) return;
    const draft: Draft = this.#drafts.get(id) ?? createUnknownContainer(this.host, id, name);
    this.#drafts.set(id, draft);
    if (metric['__name__'] === CONTAINER_INFO.name) {
      for (const label of ['image', 'project', 'service'] as const)
        draft[label] = metric[names[label]] ?? null;
      return;
    }
    const field = FIELDS_BY_SERIES.get(toSeriesId(metric['__name__'], metric[names.direction]));
    if (field !== undefined) draft[field.name] = field.read(Number(text), metric, names);
  }

  /** Returns the containers with figures, and the others; both sorted by name and id. */
  finish(): { readonly containers: readonly ContainerStats[]; readonly skipped: readonly SkippedRow[] } {
    const drafts = [...this.#drafts.values()];
    const measured = drafts.filter(({ cpuUsage }) => cpuUsage !== null);
    for (const draft of measured) draft.memoryPercent = getPercent(draft);
    return {
      containers: measured.toSorted(compareContainers) as unknown as ContainerStats[],
      skipped: [...this.#skipped, ...this.#findUnreported(drafts)].toSorted((a, b) =>
        compareContainers(toIdentity(a), toIdentity(b)),
      ),
    };
  }

  /** Finds the containers without figures that a service without {@link CONTAINER_SKIPPED} does not report. */
  #findUnreported(drafts: readonly Draft[]): readonly SkippedRow[] {
    const reported = new Set(this.#skipped.map(({ id }) => id));
    return drafts
      .filter(({ id, cpuUsage }) => cpuUsage === null && !reported.has(id))
      .map(({ id, name, project, state }) => ({
        host: this.host,
        container: name,
        id,
        project,
        reason: state === 'restarting' ? 'restarting' : 'no_reading',
      }));
  }

  #isOfTarget(metric: Row['metric']): boolean {
    if (!this.target.hasOthers) return true;
    const { labels, replica } = identifyTarget(metric, this.replicaLabels);
    return labels === this.target.labels && replica === this.target.replica;
  }
}

/** For the order: rows without a name or id come first. */
function toIdentity({ container, id }: SkippedRow): { readonly name: string; readonly id: string } {
  return { name: container ?? '', id: id ?? '' };
}

/** Computes the memory in % of the limit, as docker does; docker prints two decimals. */
function getPercent({ memoryUsage, memoryLimit }: Draft): number | null {
  if (memoryUsage === null || memoryLimit === null || memoryLimit === 0) return null;
  return Math.round((memoryUsage / memoryLimit) * 10_000) / 100;
}
