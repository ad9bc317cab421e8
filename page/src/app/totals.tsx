import type { JSX } from 'preact';
import type { LiveStats } from '../live/live-stats.js';
import { formatMemory } from '../units/format-bytes.js';

/** The sums of all containers. As in `GET /projects`, a sum is unknown if one of its figures is. */
export function Totals({ live }: { readonly live: LiveStats }): JSX.Element {
  const stats = live.latest.value?.stats;
  const containers = stats?.containers ?? [];
  const cores = containers.reduce((sum, { cpuUsage }) => sum + cpuUsage, 0) / 100;
  const memory = containers.reduce<number | null>(
    (sum, { memoryUsage }) => (sum === null || memoryUsage === null ? null : sum + memoryUsage),
    0,
  );
  return (
    <dl class="totals">
      <Total name="Containers" value={stats && String(containers.length)} />
      <Total name="CPU" value={stats && `${cores.toFixed(2)} cores`} />
      <Total name="Memory" value={stats && formatMemory(memory)} />
    </dl>
  );
}

function Total({ name, value }: { readonly name: string; readonly value: string | undefined }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value ?? '–'}</dd>
    </div>
  );
}
