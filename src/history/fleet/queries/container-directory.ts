import type { ContainerHealth, ContainerStats } from 'docker-stats-client';
import type { Labels } from '../../../prometheus/client/result-parser.js';
import { PART_LABEL } from '../../../prometheus/queries/target-labels.js';
import { createUnknownContainer } from '../../../prometheus/queries/unknown-container.js';
import { compare, compareContainers } from '../../../sampling/order.js';
import { CURRENT } from './history-queries.js';

/** Identifies a container of a fleet. */
export function toKey(host: string, id: string): string {
  return `${host} ${id}`;
}

/** Collects what is known of containers, from the labels of their series. Their figures are unknown. */
export class ContainerDirectory {
  readonly #containers = new Map<string, ContainerStats>();
  /** What is known of the containers that run at the end of the window. */
  readonly #current = new Map<string, Partial<ContainerStats>>();

  constructor(private readonly hostLabel: string) {}

  /** The containers, sorted by host: first those that run at the end of the window, by name and id. */
  get sorted(): readonly ContainerStats[] {
    return [...this.#containers]
      .map(([key, container]) => ({ ...container, ...this.#current.get(key) }))
      .toSorted(
        (a, b) => compare(a.host ?? '', b.host ?? '') || this.#compareEnds(a, b) || compareContainers(a, b),
      );
  }

  /** Adds the labels of a series. */
  add(metric: Labels): void {
    const { [this.hostLabel]: host, id, name, health } = metric;
    if (host === undefined || id === undefined || name === undefined) return;
    const key = toKey(host, id);
    if (metric[PART_LABEL] === CURRENT) {
      this.#current.set(key, { name, ...pickOwn(metric) });
      return;
    }
    const known = this.#containers.get(key) ?? { ...createUnknownContainer(host, id, name), cpuUsage: 0 };
    this.#containers.set(
      key,
      health === undefined
        ? { ...known, name, ...pickOwn(metric) }
        : { ...known, health: health as ContainerHealth },
    );
  }

  /** Those that run at the end of the window are first. */
  #compareEnds(a: ContainerStats, b: ContainerStats): number {
    return Number(this.#hasEnded(a)) - Number(this.#hasEnded(b));
  }

  #hasEnded({ host = '', id }: ContainerStats): boolean {
    return !this.#current.has(toKey(host, id));
  }
}

function pickOwn(metric: Labels): Pick<ContainerStats, 'image' | 'project' | 'service'> {
  const [image = null, project = null, service = null] = ['image', 'project', 'service'].map(
    (label) => metric[`exported_${label}`] ?? metric[label],
  );
  return { image, project, service };
}
