import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { row } from '../support/docker-rows.js';
import { ScriptedServer } from '../support/scripted-server.js';
import { startService } from '../support/service-process.js';
import { StandIn } from '../support/stand-in.js';
import { KEY } from '../support/test-app.js';

const EXAMPLE = resolve('client/examples/memory-alert.mjs');

/** A stand-in docker that prints a container with this much of its memory used. */
function using(percent: string): object {
  const stdout = Buffer.from(row({ Name: 'api', MemPerc: percent })).toString('base64');
  return { prints: { stdout } };
}

it('the example says when a container comes near its memory limit, and when it is well again', async () => {
  const standIn = new StandIn({ durationMs: 50 });
  const service = startService({ ...standIn.env, API_KEYS: KEY, STATS_INTERVAL_MS: '100' });
  const env = { STATS_URL: await service.url(), STATS_API_KEY: KEY, ALERT_PERCENT: '90' };
  const example = startService(env, process.execPath, [EXAMPLE]);
  await example.says(/^Watching Docker 28\.2\.2-simulated$/m);
  standIn.behave(using('95.00%'));
  await example.says(/^ALERT api uses 95 % of its memory limit$/m);
  standIn.behave({ fault: 'daemon_down' });
  await example.says(
    /^No figures for now \(docker_unreachable\): Error: Cannot connect to the Docker daemon/m,
  );
  standIn.behave(using('50.00%'));
  await example.says(/^OK api$/m);
  example.kill('SIGTERM');
  expect(await example.exitCode).toBe(0);
  expect(example.output.match(/^(ALERT|OK|Stopped).*$/gm)).toEqual([
    'ALERT api uses 95 % of its memory limit',
    'OK api',
    'Stopped',
  ]);
});

it('the example waits for a service that is away, and stops when it is told to', async () => {
  const server = await ScriptedServer.start();
  const env = { STATS_URL: server.url, STATS_API_KEY: KEY };
  server.stop();
  const example = startService(env, process.execPath, [EXAMPLE]);
  await example.says(/^No figures for now \(network\): .*ECONNREFUSED$/m);
  example.kill('SIGTERM');
  expect(await example.exitCode).toBe(0);
  expect(example.output).toMatch(/^Stopped$/m);
});
