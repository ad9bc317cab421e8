import type { ContainerStats } from 'docker-stats-client';
import { formatField } from '../../stats/formats/stats-csv.js';

/** What a response says of a container besides its figures. */
export type LabelName = 'host' | 'id' | 'name';

/** Returns the labels of each container, in their order. */
export function listLabels(hasHosts: boolean): readonly LabelName[] {
  return hasHosts ? ['host', 'id', 'name'] : ['id', 'name'];
}

/** Formats the labels as the first members of a JSON object. A container without a host has no `host`. */
export function formatJsonLabels({ host, id, name }: ContainerStats): string {
  return JSON.stringify({ host, id, name }).slice(1, -1);
}

/** Formats the labels as CSV fields. */
export function formatCsvLabels(container: ContainerStats, labels: readonly LabelName[]): string {
  return labels.map((label) => formatField(container[label] ?? '')).join(',');
}
