import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDefaults } from '../src/config/files/defaults-file.js';
import { NO_SYSTEMD_ANALYZE } from './support/vitest/docker-availability.js';

const FOLDER = 'deploy/systemd';
const UNITS = ['docker-stats-api.service', 'docker-stats-proxy.service'] as const;
const DEFAULTS = readDefaults();
const PACKAGE = '/opt/docker-stats-api/lib/node_modules/docker-stats-api/';

/** Returns all values of a setting in a unit. */
function readValues(unit: (typeof UNITS)[number], name: string): string[] {
  const text = readFileSync(`${FOLDER}/${unit}`, 'utf8');
  return [...text.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value);
}

describe('systemd units', () => {
  // With REQUIRE_DOCKER, as in CI, the test runs and fails if systemd is missing.
  it.skipIf(NO_SYSTEMD_ANALYZE !== undefined && !process.env['REQUIRE_DOCKER']).each(UNITS)(
    '%s has at most the exposure that docs/deploy/systemd.md says',
    (unit) => {
      const args = ['security', '--offline=true', '--no-pager', '--json=off', resolve(FOLDER, unit)];
      const output = execFileSync('systemd-analyze', args, { encoding: 'utf8', stdio: 'pipe' });
      const [, exposure = 'none'] = /^→ Overall exposure level for \S+: (\d+\.\d)/m.exec(output) ?? [];
      const row = new RegExp(`^\\| \`${unit}\` .*\\| (\\d\\.\\d) +\\|`, 'm');
      const [, documented = 'none'] = row.exec(readFileSync('docs/deploy/systemd.md', 'utf8')) ?? [];
      expect(Number(exposure)).toBeLessThanOrEqual(Number(documented));
    },
  );

  it('give the service enough time to stop', () => {
    const [seconds] = readValues('docker-stats-api.service', 'TimeoutStopSec');
    const needed = Number(DEFAULTS['SHUTDOWN_TIMEOUT_MS']) + Number(DEFAULTS['DOCKER_KILL_GRACE_MS']);
    expect(Number(seconds) * 1000).toBeGreaterThan(needed);
  });

  it('give the service enough files for CONNECTIONS_MAX', () => {
    const [files] = readValues('docker-stats-api.service', 'LimitNOFILE');
    expect(Number(files)).toBeGreaterThanOrEqual(Number(DEFAULTS['CONNECTIONS_MAX']) + 64);
  });

  it('connect the service to the socket that the proxy creates', () => {
    const proxy = readFileSync('deploy/socket-proxy/haproxy.cfg', 'utf8');
    const [, socket = ''] = /presetenv PROXY_SOCKET (\S+)/.exec(proxy) ?? [];
    expect(readValues('docker-stats-api.service', 'Environment')).toContain(`DOCKER_HOST=unix://${socket}`);
    expect(`/run/${readValues('docker-stats-proxy.service', 'RuntimeDirectory')[0]}/docker.sock`).toBe(
      socket,
    );
  });

  it('give only the proxy access to the group docker', () => {
    expect(readValues('docker-stats-api.service', 'SupplementaryGroups')).toEqual([]);
    expect(readValues('docker-stats-proxy.service', 'SupplementaryGroups')).toEqual(['docker']);
  });

  it.each(UNITS)('%s names only files of the package that exist', (unit) => {
    const text = readFileSync(`${FOLDER}/${unit}`, 'utf8');
    const paths = [...text.matchAll(new RegExp(`${PACKAGE}(\\S+)`, 'g'))].map(([, path = '']) => path);
    expect(paths.length).toBeGreaterThan(0);
    for (const path of paths) expect(() => readFileSync(path)).not.toThrow();
  });

  it('have an example of settings in which every setting exists', () => {
    const lines = readFileSync(`${FOLDER}/docker-stats-api.env`, 'utf8').split('\n');
    const names = lines.flatMap((line) => /^#?([A-Z_]+)=/.exec(line)?.[1] ?? []);
    expect(names.length).toBeGreaterThan(3);
    expect(names.filter((name) => !(name in DEFAULTS))).toEqual([]);
  });
});
