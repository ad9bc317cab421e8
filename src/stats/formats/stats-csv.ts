import type { ContainerStats } from 'docker-stats-client';
import type { TimeSlices } from '../../sampling/time-slices.js';

/** The columns of the two views, named as in JSON. */
const BASIC = ['name', 'cpuUsage', 'memoryUsage'] as const;
const FULL = [
  'id',
  ...BASIC,
  'memoryLimit',
  'memoryPercent',
  'networkReceived',
  'networkSent',
  'blockRead',
  'blockWritten',
  'pids',
] as const satisfies readonly (keyof ContainerStats)[];

/** Containers as CSV with a header line (RFC 4180), in the units of the JSON; a figure that docker does not give is empty. */
export async function csvOf(
  containers: readonly ContainerStats[],
  view: 'full' | undefined,
  slices: TimeSlices,
): Promise<string> {
  const columns = view === 'full' ? FULL : BASIC;
  const lines = await slices.map(containers, (container) =>
    columns.map((column) => field(container[column] ?? '')).join(','),
  );
  return [columns.join(','), ...lines, ''].join('\r\n');
}

function field(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
