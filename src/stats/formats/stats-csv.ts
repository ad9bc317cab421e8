import type { ContainerStats } from 'docker-stats-client';
import { BASIC_FIELDS, CONTAINER_FIELDS } from '../../sampling/container-fields.js';
import type { TimeSlices } from '../../sampling/time-slices.js';

/** Formats containers as CSV with a header line (RFC 4180), in the units of the JSON. A missing figure is empty. */
export async function formatCsv(
  containers: readonly ContainerStats[],
  view: 'full' | undefined,
  slices: TimeSlices,
): Promise<string> {
  const columns = (view === 'full' ? CONTAINER_FIELDS : BASIC_FIELDS).map(({ name }) => name);
  const lines = await slices.map(containers, (container) =>
    columns.map((column) => formatField(container[column] ?? '')).join(','),
  );
  return [columns.join(','), ...lines, ''].join('\r\n');
}

function formatField(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
