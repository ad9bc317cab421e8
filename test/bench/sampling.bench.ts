import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { FakeDockerCli } from '../support/docker/fake-docker-cli.js';
import { scenario } from './report/scenario.js';
import { Server } from './measure/server.js';

const run = promisify(execFile);

const SIZES = [10, 100, 1000, 10_000] as const;
const TIMER = new URL('programs/sample-timer.mjs', import.meta.url).pathname;

scenario('parse the output of docker and serialise the response', async (record) => {
  const folder = mkdtempSync(join(tmpdir(), 'samples-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const files: string[] = [];
  for (const containers of SIZES) {
    const docker = new FakeDockerCli({ containers, durationMs: 0 });
    const argv = ['stats', '--no-stream', '--format', '{{json .}}'];
    const { stdout } = await run(docker.program, argv, {
      env: { ...process.env, ...docker.env },
      maxBuffer: 2 ** 25,
    });
    const file = join(folder, String(containers));
    writeFileSync(file, stdout);
    files.push(file);
  }
  const { stdout } = await run(process.execPath, [TIMER, ...files]);
  const perContainer = JSON.parse(stdout) as number[][];
  const getTimes = (containers: (typeof SIZES)[number]): number[] =>
    perContainer[SIZES.indexOf(containers)] ?? [];

  for (const containers of SIZES) {
    record.addMedian(`time per container, of ${containers}`, 'µs', getTimes(containers));
  }
  record.addRatio('time per container, of 10000 / of 100', getTimes(10_000), getTimes(100), { atMost: 1.2 });
});

/** Longer than the pause between two samples, so that each window has at least one. */
const WINDOW_MS = 2000;
const WARM_UP_WINDOWS = 3;
const WINDOWS = 10;

scenario('10,000 containers, one client', async (record) => {
  const docker = new FakeDockerCli({ containers: 10_000, durationMs: 200 });
  const service = await Server.start({ ...docker.env, STATS_INTERVAL_MS: '1000' });
  const idle = await Server.startBare('nest', '');
  const longest: number[] = [];
  const longestIdle: number[] = [];
  for (let window = -WARM_UP_WINDOWS; window < WINDOWS; window++) {
    const [sampling, idling] = await Promise.all([
      service.probe(async () => {
        await service.getStats();
        await delay(WINDOW_MS);
      }),
      idle.probe(() => delay(WINDOW_MS)),
    ]);
    if (window < 0) continue;
    longest.push(sampling.eventLoopDelay.max);
    longestIdle.push(idling.eventLoopDelay.max);
  }
  record.addMedian('longest event loop delay of a sample', 'ms', longest, { atMost: 50 });
  record.addValue('longest event loop delay, worst sample', 'ms', Math.max(...longest));
  record.addValue('longest event loop delay of idle bare Nest', 'ms', Math.max(...longestIdle));
});
