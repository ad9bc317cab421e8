import { describe, expect, it } from 'vitest';
import { readSettings } from '../../config/read-settings.js';
import type { Labels } from '../client/result-parser.js';
import { HostStatesReader, type HostState } from './host-states.js';

const NOW = 1_764_362_066;
const SETTINGS = readSettings({ STATS_SOURCE: 'prometheus', PROMETHEUS_URL: 'http://prometheus' });

/** What the storage says of a target. Times are seconds before now. */
interface TargetRows {
  readonly scrapedS?: number;
  readonly dockerUp?: number;
  readonly up?: number;
  readonly successS?: number;
  readonly labels?: Labels;
}

/** Reads the rows of targets with the name `web1`. */
function read(...targets: readonly TargetRows[]): HostState | undefined {
  const reader = new HostStatesReader(SETTINGS);
  for (const { scrapedS, dockerUp, up, successS, labels } of targets) {
    const add = (part: string, value: number | undefined): void => {
      if (value === undefined) return;
      const metric = { instance: 'web1', job: 'x', ...labels, docker_stats_api_part: part };
      reader.add({ metric, value: [NOW, String(value)] });
    };
    add('scraped_at', scrapedS === undefined ? undefined : NOW - scrapedS);
    add('docker_up', dockerUp);
    add('target_up', up);
    add('last_success', successS === undefined ? undefined : NOW - successS);
  }
  return reader.finish().hosts[0];
}

function secondsAgo(seconds: number): Date {
  return new Date((NOW - seconds) * 1000);
}

const GOOD = { scrapedS: 5, dockerUp: 1, up: 1, successS: 5 };

describe('HostStatesReader', () => {
  it('finds the target of a host with figures', () => {
    expect(read(GOOD)).toMatchObject({ name: 'web1', target: { scrapedAt: NOW - 5, hasOthers: false } });
  });

  it.each<[string, TargetRows, string, number]>([
    ['is down', { up: 0, successS: 70 }, 'scrape_failed', 70],
    ['is down since more than an hour', { up: 0 }, 'scrape_failed', 3600],
    ['is gone', { successS: 400 }, 'figures_gone', 400],
    ['has lost its figures', { up: 1, successS: 400 }, 'figures_gone', 400],
    ['has no docker', { scrapedS: 3, dockerUp: 0, up: 1, successS: 90 }, 'docker_failed', 90],
    ['never had docker', { scrapedS: 3, dockerUp: 0, up: 1 }, 'docker_failed', 3600],
    ['has old figures', { ...GOOD, scrapedS: 31 }, 'figures_stale', 31],
  ])('says why a host has no figures: its target %s', (_what, rows, code, since) => {
    expect(read(rows)).toMatchObject({ name: 'web1', failure: { code, since: secondsAgo(since) } });
  });

  it('accepts figures that are exactly STATS_MAX_AGE_MS old', () => {
    expect(read({ ...GOOD, scrapedS: 30 })).toHaveProperty('target');
  });

  it('accepts a scrape in the future: the clocks of HA replicas differ', () => {
    expect(read({ ...GOOD, scrapedS: -2 })).toMatchObject({ target: { scrapedAt: NOW + 2 } });
  });

  it.each(['prometheus_replica', 'replica'])(
    'takes the replica with the latest scrape, by the label %s',
    (label) => {
      const replicas = [
        { ...GOOD, scrapedS: 9, labels: { [label]: 'a' } },
        { ...GOOD, scrapedS: 2, labels: { [label]: 'b' } },
      ];
      const expected = { target: { scrapedAt: NOW - 2, replica: `${label}=b\n`, hasOthers: true } };
      expect(read(...replicas)).toMatchObject(expected);
      expect(read(...replicas.toReversed())).toMatchObject(expected);
    },
  );

  it('takes the replica that can scrape the host', () => {
    const down = { up: 0, scrapedS: 4, dockerUp: 0, labels: { replica: 'a' } };
    expect(read(down, { ...GOOD, labels: { replica: 'b' } })).toMatchObject({
      target: { replica: 'replica=b\n' },
    });
  });

  it('refuses several targets with figures and the same name', () => {
    const ambiguous = { failure: { code: 'host_ambiguous', since: secondsAgo(0) } };
    expect(read(GOOD, { ...GOOD, labels: { job: 'y' } })).toMatchObject(ambiguous);
    expect(read(GOOD, { ...GOOD, labels: { pod: 'p' } })).toMatchObject(ambiguous);
  });

  it('takes the new one of two targets: the other one is old', () => {
    const old = { ...GOOD, scrapedS: 100, labels: { pod: 'old' } };
    expect(read(old, { ...GOOD, labels: { pod: 'new' } })).toMatchObject({
      target: { scrapedAt: NOW - 5, hasOthers: true },
    });
  });

  it('finds the renamed labels of containers: the Prometheus Operator adds service and pod', () => {
    expect(read({ ...GOOD, labels: { service: 'agent', pod: 'agent-1' } })).toMatchObject({
      target: { labelNames: { name: 'name', service: 'exported_service', project: 'project' } },
    });
  });

  it('ignores series without a host, and sorts hosts by name', () => {
    const reader = new HostStatesReader(SETTINGS);
    for (const instance of ['b', '', 'a'])
      reader.add({ metric: { instance, docker_stats_api_part: 'target_up' }, value: [NOW, '0'] });
    reader.add({ metric: { docker_stats_api_part: 'target_up' }, value: [NOW, '0'] });
    expect(reader.finish()).toMatchObject({ time: String(NOW), hosts: [{ name: 'a' }, { name: 'b' }] });
  });

  it('has no time without any row', () => {
    expect(new HostStatesReader(SETTINGS).finish()).toEqual({ time: undefined, hosts: [] });
  });
});
