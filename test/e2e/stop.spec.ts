import { once } from 'node:events';
import { readFileSync, symlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EventStream } from '../support/event-stream.js';
import { processesWith } from '../support/processes.js';
import { startService } from '../support/service-process.js';
import { SlowReader } from '../support/slow-reader.js';
import { StandIn } from '../support/stand-in.js';
import { TemporaryFolder } from '../support/temporary-folder.js';
import { KEY } from '../support/test-app.js';

it('SIGUSR1 opens no inspector, and the service goes on', async () => {
  const env = { API_KEYS: KEY, NODE_OPTIONS: '--inspect-port=0' }; // not the usual port: others may have it
  const service = startService({ ...new StandIn({ durationMs: 10 }).env, ...env });
  const url = await service.url();
  service.kill('SIGUSR1');
  for (let n = 0; n < 20; n++) expect((await fetch(`${url}/stats?api_key=${KEY}`)).status).toBe(200);
  service.kill('SIGTERM');
  expect(await service.exitCode).toBe(0);
  expect(service.output).not.toMatch(/Debugger|inspector/);
});

describe('a stop', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const)(
    'by %s finishes what is running and exits with 0',
    async (signal) => {
      const docker = new StandIn({ durationMs: 1500 });
      const service = startService({ ...docker.env, API_KEYS: KEY });
      const url = await service.url();
      const running = fetch(`${url}/stats?api_key=${KEY}`);
      await expect.poll(() => processesWith(`${docker.program} stats`)).toHaveLength(1);

      service.kill(signal);
      await service.says(new RegExp(`${signal}: finishing what is running`));
      await expect(fetch(`${url}/health/live`)).rejects.toThrow('fetch failed');
      expect((await running).status).toBe(200);
      expect(await service.exitCode).toBe(0);
      expect(processesWith(docker.program)).toEqual([]);
    },
  );

  it('is still orderly when npm repeats the signal of the terminal', async () => {
    const docker = new StandIn({ durationMs: 1500 });
    const service = startService({ ...docker.env, API_KEYS: KEY });
    const running = fetch(`${await service.url()}/stats?api_key=${KEY}`);
    await expect.poll(() => processesWith(`${docker.program} stats`)).toHaveLength(1);
    service.kill('SIGINT');
    await service.says(/SIGINT: finishing/);
    service.kill('SIGINT');
    expect((await running).status).toBe(200);
    expect(await service.exitCode).toBe(0);
  });

  it('lets clients have the whole of answers that they read slowly', async () => {
    const service = startService({
      ...new StandIn({ containers: 30_000, durationMs: 10 }).env,
      API_KEYS: KEY,
    });
    const { port } = new URL(await service.url());
    const answers = ['/stats?view=full', '/stats/stream?view=full'].map((path) => new SlowReader(port, path));
    for (const answer of answers) await answer.hasBegun();
    service.kill('SIGTERM');
    await service.says(/SIGTERM: finishing/);
    const [stats = '', stream = ''] = await Promise.all(answers.map((answer) => answer.readAll()));
    expect(stats.slice(-16)).toBe('],"skipped":[]}\n');
    expect(stats.split('\r\n\r\n')[1]).toHaveLength(Number(/Content-Length: (\d+)/.exec(stats)?.[1]));
    expect(stream).toMatch(/retry: \d{4}\n\n\r\n0\r\n\r\n$/);
    expect(await service.exitCode).toBe(0);
  });

  it('ends streams, and tells their clients when to come back', async () => {
    const service = startService({ ...new StandIn({ durationMs: 10 }).env, API_KEYS: KEY });
    const url = await service.url();
    const streams = await Promise.all(
      Array.from({ length: 20 }, () => EventStream.open(`${url}/stats/stream?api_key=${KEY}`)),
    );
    await Promise.all(streams.map((stream) => stream.receives(1)));
    const before = performance.now();
    service.kill('SIGTERM');
    expect(await service.exitCode).toBe(0);
    expect(performance.now() - before).toBeLessThan(3000);
    await expect.poll(() => streams.every(({ hasEnded }) => hasEnded)).toBe(true);
    const delays = streams.map(({ events }) => Number(events.at(-1)?.retry));
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(1000);
    expect(Math.max(...delays)).toBeLessThanOrEqual(5000);
    expect(new Set(delays).size).toBeGreaterThan(5);
  });

  it('does not wait for connections that are kept alive', async () => {
    const service = startService({ ...new StandIn({ durationMs: 10 }).env, API_KEYS: KEY });
    const url = await service.url();
    await (await fetch(`${url}/stats?api_key=${KEY}`)).text();
    const before = performance.now();
    service.kill('SIGTERM');
    expect(await service.exitCode).toBe(0);
    expect(performance.now() - before).toBeLessThan(3000);
  });

  it('does not wait for a connection that has asked for nothing', async () => {
    const service = startService({ ...new StandIn().env, API_KEYS: KEY });
    const { port } = new URL(await service.url());
    const silent = connect(Number(port), '127.0.0.1');
    await once(silent, 'connect');
    const before = performance.now();
    service.kill('SIGTERM');
    expect(await service.exitCode).toBe(0);
    expect(performance.now() - before).toBeLessThan(3000);
  });

  it('reaches the service through npm', async () => {
    const folder = new TemporaryFolder(); // npm goes to the folder of the package, where a `.env` file may be
    folder.write('package.json', readFileSync('package.json'));
    symlinkSync(resolve('dist'), join(folder.path, 'dist'));
    const service = startService({ ...new StandIn().env, API_KEYS: KEY }, 'npm', [
      '--prefix',
      folder.path,
      'run',
      '--ignore-scripts',
      'start',
    ]);
    const url = await service.url();
    service.kill('SIGTERM');
    await service.exitCode;
    expect(service.output).toContain('SIGTERM: finishing what is running');
    await expect(fetch(`${url}/health/live`)).rejects.toThrow('fetch failed');
  });

  it('is orderly when nobody reads the log any more', async () => {
    const service = startService({ ...new StandIn({ fault: 'fails' }).env, API_KEYS: KEY });
    const url = await service.url();
    service.stopReading();
    for (let n = 0; n < 3; n++) expect((await fetch(`${url}/stats?api_key=${KEY}`)).status).toBe(500);
    service.kill('SIGTERM');
    expect(await service.exitCode).toBe(0);
  });

  it('cuts off what is not finished in time, exits with 0 and leaves no process behind', async () => {
    const docker = new StandIn({ fault: 'ignores_sigterm' });
    const service = startService({ ...docker.env, API_KEYS: KEY, SHUTDOWN_TIMEOUT_MS: '300' });
    const url = await service.url();
    const cutOff = fetch(`${url}/stats?api_key=${KEY}`).catch((error: unknown) => error);
    await expect.poll(() => processesWith(`${docker.program} stats`)).toHaveLength(1);
    service.kill('SIGTERM');
    expect(await service.exitCode).toBe(0);
    expect(await cutOff).toEqual(new TypeError('fetch failed'));
    await expect.poll(() => processesWith(docker.program)).toEqual([]);
  });

  it('is over at once on a second signal, and leaves no process behind', async () => {
    const docker = new StandIn({ fault: 'ignores_sigterm' });
    const service = startService({ ...docker.env, API_KEYS: KEY });
    const url = await service.url();
    const cutOff = fetch(`${url}/stats?api_key=${KEY}`).catch((error: unknown) => error);
    await expect.poll(() => processesWith(`${docker.program} stats`)).toHaveLength(1);
    service.kill('SIGTERM');
    await service.says(/SIGTERM: finishing/);
    service.kill('SIGINT');
    expect(await service.exitCode).toBe(130);
    expect(await cutOff).toEqual(new TypeError('fetch failed'));
    await expect.poll(() => processesWith(docker.program)).toEqual([]);
  });
});
