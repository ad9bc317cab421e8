import { BadRequestException } from '@nestjs/common';
import type { Point, Row } from '../../../prometheus/client/result-parser.js';
import { identifyTarget, PART_LABEL } from '../../../prometheus/queries/target-labels.js';
import { toKey } from './container-directory.js';
import type { FleetSelection } from './fleet-selection.js';
import { FIGURE_METRICS } from './figure-metrics.js';
import { HOST_METRIC } from './history-queries.js';

/** The greatest number of values that are read for one response. */
const MAX_POINTS = 2_000_000;

/** Points of one container or host, by figure, part or metric. */
export type CollectedPoints = Map<string, readonly Point[]>;

/** The points of all hosts by their name, and of all containers by their key. */
export interface Collected {
  readonly hosts: ReadonlyMap<string, CollectedPoints>;
  readonly containers: ReadonlyMap<string, CollectedPoints>;
}

/** What a replica of Prometheus says of a host. */
interface Replica {
  points: number;
  readonly ofHost: CollectedPoints;
  readonly containers: Map<string, CollectedPoints>;
}

/** The figure of a series of samples, by metric and direction. */
const FIGURES_BY_SERIES = new Map(
  [...FIGURE_METRICS].map(([figure, { name, direction = '' }]) => [`${name} ${direction}`, figure]),
);

/** Collects the rows of queries. Of the replicas of Prometheus, one counts for each host: the one with more points. */
export class CollectedFigures {
  /** By host and replica. */
  readonly #hosts = new Map<string, Map<string, Replica>>();
  #total = 0;

  constructor(
    private readonly hostLabel: string,
    private readonly replicaLabels: readonly string[],
    private readonly selection: Pick<FleetSelection, 'has'>,
  ) {}

  /** @throws {BadRequestException} if there are too many points */
  add({ metric, value, values = value === undefined ? [] : [value] }: Row): void {
    const { [this.hostLabel]: host, id } = metric;
    const series = findSeries(metric);
    if (host === undefined || series === undefined || !this.selection.has(host, id)) return;
    this.#total += values.length;
    if (this.#total > MAX_POINTS) throw createTooLargeError();
    const replica = this.#getReplica(host, identifyTarget(metric, this.replicaLabels).replica);
    replica.points += values.length;
    const points =
      id === undefined ? replica.ofHost : getOrCreate(replica.containers, toKey(host, id), createPoints);
    points.set(series, mergePoints(points.get(series), values));
  }

  /** Returns all points. */
  finish(): Collected {
    const best = [...this.#hosts].map(([host, replicas]) => ({
      host,
      replica: [...replicas.values()].reduce((a, b) => (b.points > a.points ? b : a)),
    }));
    return {
      hosts: new Map(best.map(({ host, replica }) => [host, replica.ofHost])),
      containers: new Map(best.flatMap(({ replica }) => [...replica.containers])),
    };
  }

  #getReplica(host: string, id: string): Replica {
    const replicas = getOrCreate(this.#hosts, host, () => new Map<string, Replica>());
    return getOrCreate(replicas, id, () => ({ points: 0, ofHost: createPoints(), containers: new Map() }));
  }
}

/** Returns the part, or the figure or metric of a series of samples. */
function findSeries(metric: Row['metric']): string | undefined {
  const { [PART_LABEL]: part, __name__: name = '', direction = '', id } = metric;
  if (part !== undefined) return part;
  if (id === undefined) return name === HOST_METRIC ? name : undefined;
  return FIGURES_BY_SERIES.get(`${name} ${direction}`);
}

function createPoints(): CollectedPoints {
  return new Map<string, readonly Point[]>();
}

function getOrCreate<T>(map: Map<string, T>, key: string, create: () => T): T {
  const value = map.get(key) ?? create();
  map.set(key, value);
  return value;
}

/** A container that was renamed, or whose target got other labels, has several series, one after the other. */
function mergePoints(known: readonly Point[] | undefined, added: readonly Point[]): readonly Point[] {
  return known === undefined ? added : [...known, ...added].toSorted(([a], [b]) => a - b);
}

function createTooLargeError(): BadRequestException {
  return new BadRequestException(
    `The history of these containers has more than ${MAX_POINTS} values in this time. ` +
      'Request fewer "fields", fewer containers with "host", "name" or "project", a shorter time with "since", or fewer times with "points"',
  );
}
