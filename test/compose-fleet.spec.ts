import { describe, expect, it } from 'vitest';
import { readDefaults } from '../src/config/files/defaults-file.js';
import { COMPOSE, FLEET, getService, MONITORING, readYaml } from './support/compose/compose-files.js';

interface Target {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

const fleet = getService(FLEET, 'fleet');
const prometheus = getService(FLEET, 'prometheus');

describe('The fleet instance in compose.fleet.yaml', () => {
  it('sets only settings that exist, and reads its own keys', () => {
    const defaults = readDefaults('prometheus');
    const names = Object.keys(fleet.environment ?? {});
    expect(names.filter((name) => !(name in defaults))).toEqual([]);
    expect(fleet.secrets).toEqual(['fleet_keys']);
    expect(fleet.environment?.['API_KEYS_FILE']).toBe('/run/secrets/fleet_keys');
  });

  it('asks the Prometheus next to it, and mounts nothing', () => {
    expect(fleet.environment).toMatchObject({
      STATS_SOURCE: 'prometheus',
      PROMETHEUS_URL: 'http://prometheus:9090',
    });
    expect([fleet.volumes, fleet.networks]).toEqual([undefined, undefined]);
    expect(prometheus.networks).toEqual(['default']);
  });

  it('publishes its own port, which differs from that of the service in compose.yaml', () => {
    const port = fleet.environment?.['PORT'];
    expect(fleet.ports).toEqual([`127.0.0.1:${port}:${port}`]);
    expect(getService(COMPOSE, 'docker-stats-api').ports).not.toEqual(fleet.ports);
  });

  it('has more time to stop than the service takes', () => {
    const { SHUTDOWN_TIMEOUT_MS } = readDefaults('prometheus');
    expect(Number.parseInt(fleet.stop_grace_period, 10) * 1000).toBeGreaterThan(Number(SHUTDOWN_TIMEOUT_MS));
  });
});

describe('Prometheus in compose.fleet.yaml', () => {
  it('has the files and the key of compose.monitoring.yaml, but other targets and no port', () => {
    const other = getService(MONITORING, 'prometheus');
    const volumes = other.volumes?.map((mount) =>
      mount.source === 'targets.yml' ? { ...mount, source: 'fleet-targets.yml' } : mount,
    );
    expect(prometheus.volumes).toEqual(volumes);
    expect(prometheus.volumes?.map(({ source }) => source)).toContain('fleet-targets.yml');
    expect([prometheus.command, prometheus.secrets]).toEqual([other.command, other.secrets]);
    expect(prometheus.ports).toBeUndefined();
  });

  it('scrapes the service of compose.yaml, under a name that is not an address', () => {
    const targets = readYaml('deploy/compose/fleet-targets.yml') as readonly Target[];
    expect(targets).toEqual([{ targets: ['docker-stats-api:5005'], labels: { instance: 'local' } }]);
  });
});
