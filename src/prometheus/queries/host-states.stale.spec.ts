import { expect, it } from 'vitest';
import type { Settings } from '../../config/settings.js';
import { HostStatesReader } from './host-states.js';
import { PART_LABEL } from './target-labels.js';

const SETTINGS = {
  PROMETHEUS_HOST_LABEL: 'instance',
  PROMETHEUS_REPLICA_LABELS: [] as readonly string[],
  STATS_MAX_AGE_MS: 30_000,
} as Settings;

/** Reads rows of the host `web1`, evaluated at 1000 s. */
function read(rows: readonly (readonly [part: string, value: string])[]): unknown {
  const reader = new HostStatesReader(SETTINGS);
  for (const [part, value] of rows)
    reader.add({ metric: { instance: 'web1', [PART_LABEL]: part }, value: [1000, value] });
  return reader.finish().hosts.map(({ name, failure }) => [name, failure?.code]);
}

/** VictoriaMetrics 1.79.5 after a failed scrape: `timestamp()` still has a result, the metric itself has none. */
const STALE = [
  ['scraped_at', '995'],
  ['last_success', '995'],
] as const;

it('a host whose last scrape failed is scrape_failed in VictoriaMetrics, not docker_failed', () => {
  expect(read([...STALE, ['target_up', '0']])).toEqual([['web1', 'scrape_failed']]);
});

it('a host whose target was removed is figures_gone in VictoriaMetrics, not docker_failed', () => {
  expect(read(STALE)).toEqual([['web1', 'figures_gone']]);
});

it('a host whose service gets no figures from docker is docker_failed', () => {
  expect(read([...STALE, ['docker_up', '0'], ['target_up', '1']])).toEqual([['web1', 'docker_failed']]);
});
