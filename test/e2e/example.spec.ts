import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { row } from '../support/docker/docker-rows.js';
import { ScriptedServer } from '../support/http/scripted-server.js';
import { startService } from '../support/service/service-process.js';
import { FakeDockerCli } from '../support/docker/fake-docker-cli.js';
import { KEY } from '../support/service/test-app.js';

const EXAMPLE = resolve('client/examples/memory-alert.mjs');

/** Runs an example to its end. */
async function runExample(name: string, env: Record<string, string>): Promise<string> {
  const example = startService(env, process.execPath, [resolve('client/examples', name)]);
  expect(await example.exitCode).toBe(0);
  return example.output;
}

describe('client/examples/busiest-containers.mjs', () => {
  it('prints the containers with the highest average CPU usage of the last five minutes', async () => {
    const docker = new FakeDockerCli({ durationMs: 50 });
    const stdout = [10, 30, 20].map((cpu) =>
      row({ Name: `cpu-${cpu}`, ID: `${cpu}`.padStart(64, '0'), CPUPerc: `${cpu}.50%` }),
    );
    docker.setBehaviour({ prints: { stdout: Buffer.from(stdout.join('')).toString('base64') } });
    const service = startService({ ...docker.env, API_KEYS: KEY });
    const url = await service.waitForUrl();
    const env = { STATS_URL: url, STATS_API_KEY: KEY };
    expect(await runExample('busiest-containers.mjs', env)).toBe(
      'No samples in the last five minutes: no client has requested figures\n',
    );
    expect((await fetch(`${url}/stats`, { headers: { 'X-API-Key': KEY } })).status).toBe(200);
    expect(await runExample('busiest-containers.mjs', env)).toBe(
      [
        'cpu-30: 30.5 % of a core on average, at most 30.5 %',
        'cpu-20: 20.5 % of a core on average, at most 20.5 %',
        'cpu-10: 10.5 % of a core on average, at most 10.5 %',
        '',
      ].join('\n'),
    );
  });
});

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
