import type { FullStats } from 'docker-stats-client';
import { expect, vi } from 'vitest';
import { parseSeries } from '../../support/prometheus/served-metrics.js';
import type { FleetService } from './fleet-service.js';
import type { ScrapedHost } from './scraped-host.js';

const SIZES = new Set<string>([
  'memoryUsage',
  'memoryLimit',
  'networkReceived',
  'networkSent',
  'blockRead',
  'blockWritten',
]);

/** Returns a matcher for an object with figures. Metrics have whole bytes, and the memory in % follows from two of them. */
export function like<T extends object>(expected: T): T {
  const entries = Object.entries(expected).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === 'number' ? matchFigure(name, value) : value,
  ]);
  return Object.fromEntries(entries) as T;
}

function matchFigure(name: string, value: number): unknown {
  if (SIZES.has(name)) return expect.closeTo(value, 5);
  return name === 'memoryPercent' || name === 'MEM %' ? expect.closeTo(value, 0) : value;
}

/** Returns the CPU in % and the memory in bytes of each container by its name, as `GET /metrics` has them. */
export function readMetrics(
  text: string,
): Map<string, { readonly cpuUsage: number; readonly bytes: number }> {
  const series = [...parseSeries(text)];
  const find = (metric: string): [string, number][] =>
    series.flatMap(([id, value]): [string, number][] => {
      const [, name] = new RegExp(`^${metric}\\{.*\\bname="([^"]*)"`).exec(id) ?? [];
      return name === undefined ? [] : [[name, value]];
    });
  const memory = new Map(find('docker_container_memory_usage_bytes'));
  return new Map(
    find('docker_container_cpu_usage_ratio').map(([name, ratio]) => [
      name,
      { cpuUsage: Number((ratio * 100).toPrecision(15)), bytes: memory.get(name) ?? NaN },
    ]),
  );
}

/** Waits until the storage has the current figures of all hosts. */
export async function waitForFigures(service: FleetService, hosts: readonly ScrapedHost[]): Promise<void> {
  const expected = hosts.flatMap(({ containers }) => containers).map(like);
  await vi.waitFor(
    async () => {
      const { containers } = await service.getJson<FullStats>('/stats?view=full');
      expect(containers).toEqual(expected);
    },
    { timeout: 30_000, interval: 200 },
  );
}
