import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { CommandError } from '../../src/command/command.error.js';
import { failure, type FakeCommandRunner } from '../support/fake-command-runner.js';
import { bootApp, type TestApp } from '../support/test-app.js';

let test: TestApp<FakeCommandRunner>;
beforeAll(async () => {
  test = await bootApp({ HEALTH_CACHE_MS: '0' });
});
afterAll(() => test.app.close());

const UP = { version: '28.2.2', status: 'up' };

/** The last version that a test changed to. */
let versions = 2;

beforeEach(() => {
  test.runner.version = { stdout: '28.2.2\n' };
  test.runner.commands.length = 0;
});

describe('GET /health/live', () => {
  it('answers 200 without asking Docker, whatever is wrong with it', async () => {
    test.runner.version = failure('Cannot connect to the Docker daemon');
    const { status, headers, body } = await test.client.get('/health/live');
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-cache, no-store, must-revalidate');
    const details = { service: { status: 'up' } };
    expect(body).toStrictEqual({ status: 'ok', info: details, error: {}, details });
    expect(test.runner.commands).toEqual([]);
  });
});

describe('GET /health/ready', () => {
  it('answers 200 with the version of the daemon', async () => {
    const { status, body } = await test.client.get('/health/ready');
    expect(status).toBe(200);
    expect(body).toStrictEqual({ status: 'ok', info: { docker: UP }, error: {}, details: { docker: UP } });
    expect(test.runner.commands[0]).toMatchObject({
      file: 'docker',
      args: ['version', '--format', '{{.Server.Version}}{{range .Server.Components}},{{.Name}}{{end}}'],
      timeoutMs: 3000,
    });
  });

  it('logs how many containers run as Docker comes within reach, and asks only then', async () => {
    const log = vi.spyOn(Logger.prototype, 'log');
    test.runner.version = failure('Cannot connect to the Docker daemon');
    await test.client.get('/health/ready').expect(503);
    test.runner.version = { stdout: '28.2.2\n' };
    test.runner.ps = { stdout: `${'0123456789ab\n'.repeat(2)}${'c'.repeat(64)}\n` };
    test.runner.commands.length = 0;
    await expect
      .poll(async () => (await test.client.get('/health/ready')).status && test.runner.commands.length)
      .toBeGreaterThan(3);
    expect(log.mock.calls).toEqual([['Docker 28.2.2 is reachable; running containers: 3']]);
    const asked = test.runner.commands.map(({ args }) => args.join(' '));
    const version = expect.stringMatching(/^version --format /) as string;
    expect(asked.slice(0, 4)).toEqual([version, 'ps --quiet', version, version]);
    // Both within the one deadline.
    expect(test.runner.commands[1]?.timeoutMs).toBeGreaterThan(1000);
    expect(test.runner.commands[1]?.timeoutMs).toBeLessThanOrEqual(3000);
  });

  it.each([
    ['no container runs', { stdout: '' }, '; running containers: 0'],
    ['docker ps fails', failure('Error response from daemon: refused by the socket proxy'), ''],
    ['docker ps cannot be run', new CommandError('command_output_limit', 'too much'), ''],
    ['docker ps hangs', { timedOut: true, exitCode: 143 }, ''],
    ['docker ps prints something else', { stdout: '0123456789ab\nWARNING: x\n' }, ''],
    ['docker ps does not end', { stdout: '0123456789ab\n'.repeat(2_000_000) }, ''],
  ])('logs what is known when %s', async (_what, ps, count) => {
    const log = vi.spyOn(Logger.prototype, 'log');
    const version = `28.2.${++versions}`; // a change
    test.runner.version = { stdout: `${version}\n` };
    test.runner.ps = ps;
    await expect
      .poll(async () => (await test.client.get('/health/ready')).status && log.mock.calls)
      .toEqual([[`Docker ${version} is reachable${count}`]]);
  });

  it.each([
    [
      'the CLI is missing',
      new CommandError('command_not_found', 'spawn docker ENOENT'),
      'docker_not_found',
      'the docker CLI is not installed or not executable',
    ],
    [
      'the daemon is down',
      failure(
        'Cannot connect to the Docker daemon at unix:///run/secret.sock. Is the docker daemon running?',
      ),
      'docker_unreachable',
      'the Docker daemon is down or does not listen where the docker CLI looks for it',
    ],
    [
      'the daemon hangs',
      { timedOut: true, exitCode: 143, stdout: '\n' },
      'docker_timeout',
      'the Docker daemon did not answer in time',
    ],
    [
      'the permission is missing',
      failure(
        'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock',
      ),
      'docker_unreachable',
      'permission to use the Docker daemon was denied',
    ],
    [
      'the daemon refuses the API version',
      failure(
        'Error response from daemon: client version 1.41 is too old. Minimum supported API version is 1.44',
      ),
      'docker_unreachable',
      'the Docker daemon refuses the API version of this docker CLI',
    ],
    [
      'TLS fails',
      failure(
        'error during connect: Get "https://h:1/v1.50/version": x509: certificate signed by unknown authority',
      ),
      'docker_unreachable',
      'the TLS connection to the Docker daemon failed',
    ],
    [
      'the context is missing',
      failure('Failed to initialize: unable to resolve docker endpoint: context "nope": context not found'),
      'docker_unreachable',
      "the docker CLI's settings name no usable Docker daemon",
    ],
    [
      'the version is none',
      { stdout: '28.0\n[Nest] a forged line\u001b[2J\n' },
      'docker_unreachable',
      'the Docker daemon was lost in the middle of a run',
    ],
    [
      'the version is empty',
      { stdout: '\n' },
      'docker_unreachable',
      'the Docker daemon was lost in the middle of a run',
    ],
    [
      'the engine is Podman',
      { stdout: '4.3.1,Podman Engine,Conmon,OCI Runtime (runc),Engine\n' },
      'docker_unsupported',
      'Podman is not supported yet',
    ],
    [
      'the CLI fails otherwise',
      failure('unknown flag: --format', 125),
      'docker_failed',
      'the docker CLI failed',
    ],
  ])('answers 503 when %s', async (_what, answer, code, reason) => {
    test.runner.version = answer;
    const { status, body, text } = await test.client.get('/health/ready');
    const docker = { code, reason, status: 'down' };
    expect(status).toBe(503);
    expect(body).toStrictEqual({ status: 'error', info: {}, error: { docker }, details: { docker } });
    expect(text).not.toContain('secret');
  });

  it('is ready again when Docker is', async () => {
    test.runner.version = failure('Cannot connect to the Docker daemon');
    await test.client.get('/health/ready').expect(503);
    test.runner.version = { stdout: '28.2.2\n' };
    await expect.poll(async () => (await test.client.get('/health/ready')).status).toBe(200);
  });

  it('logs in one line what to do, and once while nothing changes but the words', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn');
    for (let n = 1; n <= 3; n++) {
      test.runner.version = failure(
        `error during connect: read tcp 127.0.0.1:4000${n}: connection reset by peer`,
      );
      await expect
        .poll(async () => (await test.client.get('/health/ready')).status && test.runner.commands.length)
        .toBe(n);
    }
    expect(warn.mock.calls).toEqual([
      [
        'docker_unreachable: error during connect: read tcp 127.0.0.1:40001: connection reset by peer. ' +
          'To fix: check DOCKER_HOST, and that a Docker daemon listens there.',
      ],
    ]);
  });

  it('is an internal error, bare, when a bug of ours throws', async () => {
    test.runner.version = new TypeError('secret detail');
    await test.client
      .get('/health/ready')
      .expect(500, { statusCode: 500, code: 'internal', message: 'Internal server error' });
  });
});

describe('GET /health', () => {
  it('answers for the service and Docker', async () => {
    const details = { service: { status: 'up' }, docker: UP };
    await test.client.get('/health').expect(200, { status: 'ok', info: details, error: {}, details });
  });

  it('answers 503 when one of them is down', async () => {
    test.runner.version = failure('Cannot connect to the Docker daemon');
    const { status, body } = await test.client.get('/health');
    expect(status).toBe(503);
    expect(body).toMatchObject({
      status: 'error',
      info: { service: { status: 'up' } },
      error: { docker: { status: 'down', code: 'docker_unreachable' } },
    });
  });
});

describe('a flood of probes', () => {
  it('starts one process at a time, even one that outlasts the cache', async () => {
    let answer!: (result: { stdout: string }) => void;
    let list!: (result: { stdout: string }) => void;
    test.runner.version = new Promise((resolve) => (answer = resolve));
    test.runner.ps = new Promise((resolve) => (list = resolve));
    const probe = (path: string): Promise<number>[] =>
      Array.from({ length: 25 }, async () => (await test.client.get(path)).status);
    const first = probe('/health/ready');
    await expect.poll(() => test.runner.commands.length).toBe(1);
    const later = probe('/health');
    const live = await test.client.get('/health/live');
    expect(live.status).toBe(200);
    answer({ stdout: `28.2.${++versions}\n` }); // a change, so that containers are counted
    await expect.poll(() => test.runner.commands.length).toBe(2);
    const latest = probe('/health/ready');
    expect((await test.client.get('/health/live')).status).toBe(200);
    list({ stdout: '' });
    expect(new Set(await Promise.all([...first, ...later, ...latest]))).toEqual(new Set([200]));
    expect(test.runner.commands).toHaveLength(2);
  });

  it('is answered from the last answer while it is fresh, good or bad', async () => {
    const own = await bootApp({ HEALTH_CACHE_MS: '60000' });
    own.runner.version = failure('Cannot connect to the Docker daemon');
    for (let n = 0; n < 20; n++) await own.client.get('/health/ready').expect(503);
    expect(own.runner.commands).toHaveLength(1);
    await own.app.close();
  });
});
