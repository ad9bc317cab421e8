import type { Figure } from 'docker-stats-client';
import { BadRequestException } from '@nestjs/common';
import type { Point, Row } from '../../prometheus/client/result-parser.js';
import { identifyTarget, PART_LABEL } from '../../prometheus/queries/target-labels.js';
import { toKey } from './container-directory.js';
import { FIGURE_METRICS } from './figure-metrics.js';
import type { Part } from './history-queries.js';

/** The greatest number of values that are read for one response. */
const MAX_POINTS = 2_000_000;

/** Points of one container, by figure or part. */
export type CollectedPoints = Map<string, readonly Point[]>;

/** The figure of a series of samples, by metric and direction. */
const FIGURES_BY_SERIES = new Map(
  [...FIGURE_METRICS].map(([figure, { name, direction = '' }]) => [`${name} ${direction}`, figure]),
);

/** Collects the rows of queries, by container. Of the replicas of Prometheus, one counts for each host: the one with more points. */
export class CollectedFigures {
  /** By host, replica, and container. */
  readonly #hosts = new Map<
    string,
    Map<string, { points: number; containers: Map<string, CollectedPoints> }>
  >();
  #total = 0;

  constructor(
    private readonly hostLabel: string,
    private readonly replicaLabels: readonly string[],
  ) {}

  /** @throws {BadRequestException} if there are too many points */
  add({ metric, value, values = value === undefined ? [] : [value] }: Row): void {
    const { [this.hostLabel]: host, id } = metric;
    const series = (metric[PART_LABEL] as Part | undefined) ?? this.#findFigure(metric);
    if (host === undefined || id === undefined || series === undefined) return;
    this.#total += values.length;
    if (this.#total > MAX_POINTS) throw createTooLargeError();
    const replica = this.#getReplica(host, identifyTarget(metric, this.replicaLabels).replica);
    replica.points += values.length;
    const container = replica.containers.get(toKey(host, id)) ?? new Map<string, readonly Point[]>();
    replica.containers.set(toKey(host, id), container);
    container.set(series, mergePoints(container.get(series), values));
  }

  /** Returns the points of all containers. */
  finish(): ReadonlyMap<string, CollectedPoints> {
    const best = [...this.#hosts.values()].map((replicas) =>
      [...replicas.values()].reduce((a, b) => (b.points > a.points ? b : a)),
    );
    return new Map(best.flatMap(({ containers }) => [...containers]));
  }

  #findFigure(metric: Row['metric']): Figure | undefined {
    return FIGURES_BY_SERIES.get(`${metric['__name__'] ?? ''} ${metric['direction'] ?? ''}`);
  }

  #getReplica(host: string, id: string): { points: number; containers: Map<string, CollectedPoints> } {
    const replicas = this.#hosts.get(host) ?? new Map<string, never>();
    this.#hosts.set(host, replicas);
    const replica = replicas.get(id) ?? { points: 0, containers: new Map<string, CollectedPoints>() };
    replicas.set(id, replica);
    return replica;
  }
}

/** A container that was renamed, or whose target got other labels, has several series, one after the other. */
function mergePoints(known: readonly Point[] | undefined, added: readonly Point[]): readonly Point[] {
  return known === undefined ? added : [...known, ...added].toSorted(([a], [b]) => a - b);
}

function createTooLargeError(): BadRequestException {
  return new BadRequestException(
    `The history of these containers has more than ${MAX_POINTS} values in this time. ` +
      'Request fewer "fields", fewer containers with "host" or "name", a shorter time with "since", or fewer times with "points"',
  );
}
