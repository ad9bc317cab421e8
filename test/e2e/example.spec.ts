import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { row } from '../support/docker/docker-rows.js';
import { ScriptedServer } from '../support/http/scripted-server.js';
import { startService } from '../support/service/service-process.js';
import { FakeDockerCli } from '../support/docker/fake-docker-cli.js';
import { KEY } from '../support/service/test-app.js';

const EXAMPLE = resolve('client/examples/memory-alert.mjs');

/** A docker that prints one container, with this memory usage. */
function printMemory(percent: string): object {
  const stdout = Buffer.from(row({ Name: 'api', MemPerc: percent })).toString('base64');
  return { prints: { stdout } };
}

describe('client/examples/memory-alert.mjs', () => {
  it('prints an alert when a container is close to its memory limit, and OK when it no longer is', async () => {
    const docker = new FakeDockerCli({ durationMs: 50 });
    const service = startService({ ...docker.env, API_KEYS: KEY, STATS_INTERVAL_MS: '100' });
    const env = { STATS_URL: await service.waitForUrl(), STATS_API_KEY: KEY, ALERT_PERCENT: '90' };
    const example = startService(env, process.execPath, [EXAMPLE]);
    await example.waitForOutput(/^Watching Docker 28\.2\.2-simulated$/m);
    docker.setBehaviour(printMemory('95.00%'));
    await example.waitForOutput(/^ALERT api uses 95 % of its memory limit$/m);
    docker.setBehaviour({ fault: 'daemon_down' });
    await example.waitForOutput(
      /^No sample \(docker_unreachable\): Error: Cannot connect to the Docker daemon/m,
    );
    docker.setBehaviour(printMemory('50.00%'));
    await example.waitForOutput(/^OK api$/m);
    example.kill('SIGTERM');
    expect(await example.exitCode).toBe(0);
    expect(example.output.match(/^(ALERT|OK|Stopped).*$/gm)).toEqual([
      'ALERT api uses 95 % of its memory limit',
      'OK api',
      'Stopped',
    ]);
  });

  it('waits for a service that is not available, and stops at SIGTERM', async () => {
    const server = await ScriptedServer.start();
    const env = { STATS_URL: server.url, STATS_API_KEY: KEY };
    server.stop();
    const example = startService(env, process.execPath, [EXAMPLE]);
    await example.waitForOutput(/^No sample \(network\): .*ECONNREFUSED$/m);
    example.kill('SIGTERM');
    expect(await example.exitCode).toBe(0);
    expect(example.output).toMatch(/^Stopped$/m);
  });
});
