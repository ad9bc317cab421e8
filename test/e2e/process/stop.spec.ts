import { once } from 'node:events';
import { readFileSync, symlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EventStream } from '../../support/http/event-stream.js';
import { catchesSignal, findProcesses } from '../../support/processes/processes.js';
import { startService } from '../../support/service/service-process.js';
import { SlowReader } from '../../support/http/slow-reader.js';
import { FakeDockerCli } from '../../support/docker/fake-docker-cli.js';
import { TemporaryFolder } from '../../support/files/temporary-folder.js';
import { KEY } from '../../support/service/test-app.js';

it('SIGUSR1 does not open an inspector and does not stop the service', async () => {
  const env = { API_KEYS: KEY, NODE_OPTIONS: '--inspect-port=0' }; // the default port may be in use
  const service = startService({ ...new FakeDockerCli({ durationMs: 10 }).env, ...env });
  const url = await service.waitForUrl();
  service.kill('SIGUSR1');
  for (let n = 0; n < 20; n++) expect((await fetch(`${url}/stats?api_key=${KEY}`)).status).toBe(200);
  service.kill('SIGTERM');
  expect(await service.exitCode).toBe(0);
  expect(service.output).not.toMatch(/Debugger|inspector/);
});

describe('shutdown', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const)(
    'on %s finishes running requests and exits with 0',
    async (signal) => {
      const docker = new FakeDockerCli({ durationMs: 1500 });
      const service = startService({ ...docker.env, API_KEYS: KEY });
      const url = await service.waitForUrl();
      const running = fetch(`${url}/stats?api_key=${KEY}`);
      await expect.poll(() => findProcesses(`${docker.program} stats`)).toHaveLength(1);

      service.kill(signal);
      await service.waitForOutput(new RegExp(`${signal}: shutting down`));
      await expect(fetch(`${url}/health/live`)).rejects.toThrow('fetch failed');
      expect((await running).status).toBe(200);
      expect(await service.exitCode).toBe(0);
      expect(findProcesses(docker.program)).toEqual([]);
    },
  );

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const)(
    'on %s during startup exits with 0',
    async (signal) => {
      const service = startService({ API_KEYS: KEY });
      // Node itself catches SIGTERM and SIGINT. The service adds its handlers in this order, SIGQUIT last.
      await expect.poll(() => catchesSignal(service.pid, 'SIGQUIT'), { interval: 5 }).toBe(true);
      service.kill(signal);
      // Node 24 and later load modules without a pause, and handle the signal after that, when the service listens.
      expect(await service.exitCode).toBe(0);
      expect(service.output).toMatch(new RegExp(`^$|"${signal}: shutting down`));
    },
  );

  it('ignores the duplicate signal that npm sends after Ctrl-C', async () => {
    const docker = new FakeDockerCli({ durationMs: 1500 });
    const service = startService({ ...docker.env, API_KEYS: KEY });
    const running = fetch(`${await service.waitForUrl()}/stats?api_key=${KEY}`);
    await expect.poll(() => findProcesses(`${docker.program} stats`)).toHaveLength(1);
    service.kill('SIGINT');
    await service.waitForOutput(/SIGINT: shutting down/);
    service.kill('SIGINT');
    expect((await running).status).toBe(200);
    expect(await service.exitCode).toBe(0);
  });

  it('completes responses to clients that read slowly', async () => {
    const service = startService({
      ...new FakeDockerCli({ containers: 10_000, durationMs: 10 }).env,
      API_KEYS: KEY,
    });
    const { port } = new URL(await service.waitForUrl());
    const readers = ['/stats?view=full', '/stats/stream?view=full'].map((path) => new SlowReader(port, path));
    for (const reader of readers) await reader.waitUntilPaused();
    service.kill('SIGTERM');
    await service.waitForOutput(/SIGTERM: shutting down/);
    const [stats = '', stream = ''] = await Promise.all(readers.map((reader) => reader.readAll()));
    expect(stats.slice(-16)).toBe('],"skipped":[]}\n');
    expect(stats.split('\r\n\r\n')[1]).toHaveLength(Number(/Content-Length: (\d+)/.exec(stats)?.[1]));
    expect(stream).toMatch(/retry: \d{4}\n\n\r\n0\r\n\r\n$/);
    expect(await service.exitCode).toBe(0);
  });

  it('ends streams with a random `retry:` delay', async () => {
    const service = startService({ ...new FakeDockerCli({ durationMs: 10 }).env, API_KEYS: KEY });
    const url = await service.waitForUrl();
    const streams = await Promise.all(
      Array.from({ length: 20 }, () => EventStream.open(`${url}/stats/stream?api_key=${KEY}`)),
    );
    await Promise.all(streams.map((stream) => stream.waitForEvents(1)));
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

  it('does not wait for keep-alive connections', async () => {
    const service = startService({ ...new FakeDockerCli({ durationMs: 10 }).env, API_KEYS: KEY });
    const url = await service.waitForUrl();
    await (await fetch(`${url}/stats?api_key=${KEY}`)).text();
    const before = performance.now();
    service.kill('SIGTERM');
    expect(await service.exitCode).toBe(0);
    expect(performance.now() - before).toBeLessThan(3000);
  });

  it('does not wait for a connection without a request', async () => {
    const service = startService({ ...new FakeDockerCli().env, API_KEYS: KEY });
    const { port } = new URL(await service.waitForUrl());
    const silent = connect(Number(port), '127.0.0.1');
    await once(silent, 'connect');
    const before = performance.now();
    service.kill('SIGTERM');
    expect(await service.exitCode).toBe(0);
    expect(performance.now() - before).toBeLessThan(3000);
  });

  it('works when npm receives the signal', async () => {
    const folder = new TemporaryFolder(); // npm changes to the folder of the package; the checkout may have a `.env` file
    folder.write('package.json', readFileSync('package.json'));
    symlinkSync(resolve('dist'), join(folder.path, 'dist'));
    const service = startService({ ...new FakeDockerCli().env, API_KEYS: KEY }, 'npm', [
      '--prefix',
      folder.path,
      'run',
      '--ignore-scripts',
      'start',
    ]);
    const url = await service.waitForUrl();
    service.kill('SIGTERM');
    await service.exitCode;
    expect(service.output).toContain('SIGTERM: shutting down');
    await expect(fetch(`${url}/health/live`)).rejects.toThrow('fetch failed');
  });

  it('exits with 0 although the reader of the log has closed the pipe', async () => {
    const service = startService({ ...new FakeDockerCli({ fault: 'fails' }).env, API_KEYS: KEY });
    const url = await service.waitForUrl();
    service.stopReading();
    for (let n = 0; n < 3; n++) expect((await fetch(`${url}/stats?api_key=${KEY}`)).status).toBe(500);
    service.kill('SIGTERM');
    expect(await service.exitCode).toBe(0);
  });

  it('aborts requests after SHUTDOWN_TIMEOUT_MS, exits with 0 and leaves no process behind', async () => {
    const docker = new FakeDockerCli({ fault: 'ignores_sigterm' });
    const service = startService({ ...docker.env, API_KEYS: KEY, SHUTDOWN_TIMEOUT_MS: '300' });
    const url = await service.waitForUrl();
    const aborted = fetch(`${url}/stats?api_key=${KEY}`).catch((error: unknown) => error);
    await expect.poll(() => findProcesses(`${docker.program} stats`)).toHaveLength(1);
    service.kill('SIGTERM');
    expect(await service.exitCode).toBe(0);
    expect(await aborted).toEqual(new TypeError('fetch failed'));
    await expect.poll(() => findProcesses(docker.program)).toEqual([]);
  });

  it('exits immediately on a second signal and leaves no process behind', async () => {
    const docker = new FakeDockerCli({ fault: 'ignores_sigterm' });
    const service = startService({ ...docker.env, API_KEYS: KEY });
    const url = await service.waitForUrl();
    const aborted = fetch(`${url}/stats?api_key=${KEY}`).catch((error: unknown) => error);
    await expect.poll(() => findProcesses(`${docker.program} stats`)).toHaveLength(1);
    service.kill('SIGTERM');
    await service.waitForOutput(/SIGTERM: shutting down/);
    service.kill('SIGINT');
    expect(await service.exitCode).toBe(130);
    expect(await aborted).toEqual(new TypeError('fetch failed'));
    await expect.poll(() => findProcesses(docker.program)).toEqual([]);
  });
});
