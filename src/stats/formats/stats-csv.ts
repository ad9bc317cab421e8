import type { ContainerStats } from 'docker-stats-client';
import { BASIC_FIELDS, CONTAINER_FIELDS } from '../../sampling/container-fields.js';
import type { TimeSlices } from '../../sampling/time-slices.js';

/** Containers as CSV with a header line (RFC 4180), in the units of the JSON; a figure that docker does not give is empty. */
export async function csvOf(
  containers: readonly ContainerStats[],
  view: 'full' | undefined,
  slices: TimeSlices,
): Promise<string> {
  const columns = (view === 'full' ? CONTAINER_FIELDS : BASIC_FIELDS).map(({ name }) => name);
  const lines = await slices.map(containers, (container) =>
    columns.map((column) => field(container[column] ?? '')).join(','),
  );
  return [columns.join(','), ...lines, ''].join('\r\n');
}

function field(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
