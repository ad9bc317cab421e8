import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { StandIn } from '../support/stand-in.js';
import { medianOf, ratioOf, single } from './figures.js';
import { scenario } from './scenario.js';
import { Server } from './server.js';

const run = promisify(execFile);

const SIZES = [10, 100, 1000, 10_000] as const;
const TIMER = new URL('sample-timer.mjs', import.meta.url).pathname;

scenario('from what docker printed to the answer', async (record) => {
  const folder = mkdtempSync(join(tmpdir(), 'samples-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const files: string[] = [];
  for (const containers of SIZES) {
    const docker = new StandIn({ containers, durationMs: 0 });
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
  const of = (containers: (typeof SIZES)[number]): number[] => perContainer[SIZES.indexOf(containers)] ?? [];

  record.figures(
    ...SIZES.map((containers) => medianOf(`time per container, of ${containers}`, 'µs', of(containers))),
    ratioOf('time per container, of 10000 / of 100', [of(10_000), of(100)], { atMost: 1.2 }),
  );
});

/** Longer than the pause between two samples: each window has at least one. */
const WINDOW_MS = 2000;
const WARM_UP_WINDOWS = 3;
const WINDOWS = 10;

scenario('10,000 containers, one reader', async (record) => {
  const docker = new StandIn({ containers: 10_000, durationMs: 200 });
  const service = await Server.start({ ...docker.env, STATS_INTERVAL_MS: '1000' });
  const idle = await Server.startBare('nest', '');
  const longest: number[] = [];
  const longestIdle: number[] = [];
  for (let window = -WARM_UP_WINDOWS; window < WINDOWS; window++) {
    const [sampling, resting] = await Promise.all([
      service.probe(async () => {
        await service.stats();
        await delay(WINDOW_MS);
      }),
      idle.probe(() => delay(WINDOW_MS)),
    ]);
    if (window < 0) continue;
    longest.push(sampling.late.max);
    longestIdle.push(resting.late.max);
  }
  record.figures(
    medianOf('longest event loop delay of a sample', 'ms', longest, { atMost: 50 }),
    single('the same, the worst sample', 'ms', Math.max(...longest)),
    single('the same at the same time, idle bare', 'ms', Math.max(...longestIdle)),
  );
});
