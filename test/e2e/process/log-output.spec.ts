import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { onTestFinished, describe, expect, it } from 'vitest';
import { MAIN, FOLDER_WITHOUT_ENV_FILE, startService } from '../../support/service/service-process.js';
import { FakeDockerCli } from '../../support/docker/fake-docker-cli.js';
import { TemporaryFolder } from '../../support/files/temporary-folder.js';
import { KEY } from '../../support/service/test-app.js';

const REQUESTS = 200;

/** Sends enough requests that their log lines fill any pipe. */
async function sendManyRequests(url: string): Promise<void> {
  for (let n = 0; n < 15; n++) {
    const responses = Array.from({ length: REQUESTS }, () => fetch(`${url}/nowhere`));
    for (const response of await Promise.all(responses)) expect(response.status).toBe(404);
  }
}

/** The environment of a service whose output a test reads itself. */
function createSpawnOptions(): { cwd: string; env: NodeJS.ProcessEnv } {
  const { PATH } = process.env;
  const env = { PATH, PORT: '0', HOST: '127.0.0.1', ...new FakeDockerCli().env, API_KEYS: KEY };
  return { cwd: FOLDER_WITHOUT_ENV_FILE, env };
}

describe('the log on a pipe', () => {
  it('has one JSON object per line, and is complete after a shutdown', async () => {
    const service = startService({ ...new FakeDockerCli({ durationMs: 10 }).env, API_KEYS: `web:${KEY}` });
    const url = await service.waitForUrl();
    await sendManyRequests(url);
    await (await fetch(`${url}/stats`, { headers: { 'X-API-Key': KEY } })).text();
    service.kill('SIGTERM');
    expect(await service.exitCode).toBe(0);
    expect(service.log).toHaveLength(service.output.split('\n').length - 1);
    expect(service.log.filter(({ route }) => route === 'unmatched')).toHaveLength(15 * REQUESTS);
    expect(service.log.at(-2)).toMatchObject({ route: '/stats', status: 200, key: 'web' });
    expect(service.log.at(-1)?.msg).toMatch(/^SIGTERM: shutting down/);
  });

  it('does not block responses or the shutdown if its reader stops reading', async () => {
    const child = spawn(process.execPath, [MAIN], {
      ...createSpawnOptions(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
    child.stdout.pause();
    const url = /Listening on (http:[\w.:/]+)/.exec(chunk.toString())?.[1] ?? '';
    await sendManyRequests(url);
    child.kill('SIGTERM');
    const before = performance.now();
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
    expect(performance.now() - before).toBeLessThan(4000);
  }, 60_000); // thousands of requests
});

it('The log in a file continues when there is free space again, with the number of dropped lines', async () => {
  const path = new TemporaryFolder().write('log', '');
  const file = openSync(path, 'a');
  // ulimit stops the file from growing, like a full disk. Truncating it makes space again.
  const child = spawn('/bin/sh', ['-c', 'ulimit -f 16; exec "$0" "$1"', process.execPath, MAIN], {
    ...createSpawnOptions(),
    stdio: ['ignore', file, 'inherit'],
  });
  closeSync(file);
  onTestFinished(() => void child.kill('SIGKILL'));
  const wholeLines = (): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1);
  await expect.poll(wholeLines, { timeout: 10_000 }).toContainEqual(expect.stringContaining('is reachable'));
  const [, url = ''] = /Listening on (http:[\w.:/]+)/.exec(readFileSync(path, 'utf8')) ?? [];
  const sendRequests = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) expect((await fetch(`${url}/nowhere`)).status).toBe(404);
  };

  await sendRequests(100);
  const first = wholeLines();
  truncateSync(path);
  await sendRequests(5);
  const count = (): { written: number; missing: number } => {
    const lines = [...first, ...wholeLines().filter(Boolean)];
    const entries = lines.map((line) => JSON.parse(line) as Record<string, string>);
    const messages = entries.map(({ msg }) => /^Dropped (\d+) log lines?: .*EFBIG/.exec(msg ?? ''));
    return {
      written: entries.filter(({ route }) => route === 'unmatched').length,
      missing: messages.reduce((sum, match) => sum + Number(match?.[1] ?? 0), 0),
    };
  };
  await expect.poll(() => count().written + count().missing).toBe(105);
  expect(count().missing).toBeGreaterThan(50);
});

it('The log on a stopped terminal (Ctrl-S) does not block responses', async () => {
  // `script` creates a terminal. It stops reading from the terminal while its own output is not read.
  const child = spawn('script', ['-qefc', `exec "${process.execPath}" "${MAIN}"`, '/dev/null'], {
    ...createSpawnOptions(),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  const [, url = ''] = await new Promise<RegExpExecArray>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      const match = /Listening on (http:[\w.:/]+)/.exec((text += chunk.toString()));
      if (match !== null) resolve(match);
    });
  });
  child.stdout.removeAllListeners('data').pause();
  for (let n = 0; n < 4; n++) await sendManyRequests(url); // more than all buffers can hold
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
}, 60_000); // thousands of requests

it('The log on a terminal is readable text with colours, not JSON', async () => {
  const service = startService(
    { ...new FakeDockerCli({ durationMs: 10 }).env, API_KEYS: `web:${KEY}`, TERM: 'xterm-256color' },
    'script',
    ['-qefc', `"${process.execPath}" "${MAIN}"`, '/dev/null'],
  );
  const [, url = ''] = await service.waitForOutput(/ INFO\S* \S*\[Main\]\S* Listening on (http:[\w.:/]+)/);
  await fetch(`${url}/stats`, { headers: { 'X-API-Key': KEY } });
  await service.waitForOutput(/GET \/stats 200 [\d.]+ ms \S*key=web/);
  expect(service.output).toContain('\u001b[32m INFO\u001b[0m');
  expect(service.log).toEqual([]);
});
