import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { CommandError } from '../../../src/command/command.error.js';
import { failure, type FakeCommandRunner } from '../../support/docker/fake-command-runner.js';
import { bootApp, type TestApp } from '../../support/service/test-app.js';

let test: TestApp<FakeCommandRunner>;
beforeAll(async () => {
  test = await bootApp({ HEALTH_CACHE_MS: '0' });
});
afterAll(() => test.app.close());

const UP = { version: '28.2.2', status: 'up' };

/** The patch number of the last version: a new version is a change that is logged. */
let lastPatch = 2;

beforeEach(() => {
  test.runner.version = { stdout: '28.2.2\n' };
  test.runner.commands.length = 0;
});

describe('GET /health/live', () => {
  it('returns 200 without running docker, even when Docker is down', async () => {
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
  it('returns 200 with the version of the daemon', async () => {
    const { status, body } = await test.client.get('/health/ready');
    expect(status).toBe(200);
    expect(body).toStrictEqual({ status: 'ok', info: { docker: UP }, error: {}, details: { docker: UP } });
    expect(test.runner.commands[0]).toMatchObject({
      file: 'docker',
      args: ['version', '--format', '{{.Server.Version}}{{range .Server.Components}},{{.Name}}{{end}}'],
      timeoutMs: 3000,
    });
  });

  it('counts and logs the running containers only when Docker becomes reachable', async () => {
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
    const commands = test.runner.commands.map(({ args }) => args.join(' '));
    const version = expect.stringMatching(/^version --format /) as string;
    expect(commands.slice(0, 4)).toEqual([version, 'ps --quiet', version, version]);
    // Both commands share one deadline.
    expect(test.runner.commands[1]?.timeoutMs).toBeGreaterThan(1000);
    expect(test.runner.commands[1]?.timeoutMs).toBeLessThanOrEqual(3000);
  });

  it.each([
    ['no container runs', { stdout: '' }, '; running containers: 0'],
    ['docker ps fails', failure('Error response from daemon: refused by the socket proxy'), ''],
    ['docker ps exceeds the output limit', new CommandError('command_output_limit', 'too much'), ''],
    ['docker ps hangs', { timedOut: true, exitCode: 143 }, ''],
    ['docker ps prints something else', { stdout: '0123456789ab\nWARNING: x\n' }, ''],
    ['docker ps lists two million ids', { stdout: '0123456789ab\n'.repeat(2_000_000) }, ''],
  ])('logs that Docker is reachable when %s', async (_what, ps, count) => {
    const log = vi.spyOn(Logger.prototype, 'log');
    const version = `28.2.${++lastPatch}`;
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
      'The docker CLI is not installed or not executable',
    ],
    [
      'the daemon is down',
      failure(
        'Cannot connect to the Docker daemon at unix:///run/secret.sock. Is the docker daemon running?',
      ),
      'docker_unreachable',
      'The Docker daemon is not running, or listens on another address',
    ],
    [
      'the daemon hangs',
      { timedOut: true, exitCode: 143, stdout: '\n' },
      'docker_timeout',
      'The Docker daemon did not respond in time',
    ],
    [
      'permission is denied',
      failure(
        'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock',
      ),
      'docker_unreachable',
      'Permission to use the Docker daemon was denied',
    ],
    [
      'the daemon does not support the API version',
      failure(
        'Error response from daemon: client version 1.41 is too old. Minimum supported API version is 1.44',
      ),
      'docker_unreachable',
      'The Docker daemon does not support the API version of this docker CLI',
    ],
    [
      'TLS fails',
      failure(
        'error during connect: Get "https://h:1/v1.50/version": x509: certificate signed by unknown authority',
      ),
      'docker_unreachable',
      'The TLS connection to the Docker daemon failed',
    ],
    [
      'the context is missing',
      failure('Failed to initialize: unable to resolve docker endpoint: context "nope": context not found'),
      'docker_unreachable',
      'The settings of the docker CLI do not name a usable Docker daemon',
    ],
    [
      'the version is malformed',
      { stdout: '28.0\n[Nest] a forged line\u001b[2J\n' },
      'docker_unreachable',
      'The docker CLI lost its connection to the Docker daemon',
    ],
    [
      'the version is empty',
      { stdout: '\n' },
      'docker_unreachable',
      'The docker CLI lost its connection to the Docker daemon',
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
      'The docker CLI failed',
    ],
  ])('returns 503 when %s', async (_what, result, code, reason) => {
    test.runner.version = result;
    const { status, body, text } = await test.client.get('/health/ready');
    const docker = { code, reason, status: 'down' };
    expect(status).toBe(503);
    expect(body).toStrictEqual({ status: 'error', info: {}, error: { docker }, details: { docker } });
    expect(text).not.toContain('secret');
  });

  it('returns 200 again when Docker is reachable again', async () => {
    test.runner.version = failure('Cannot connect to the Docker daemon');
    await test.client.get('/health/ready').expect(503);
    test.runner.version = { stdout: '28.2.2\n' };
    await expect.poll(async () => (await test.client.get('/health/ready')).status).toBe(200);
  });

  it('logs one warning with advice, and none while the reason stays the same', async () => {
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
          'To fix: check DOCKER_HOST, and that a Docker daemon listens on that address.',
      ],
    ]);
  });

  it('returns 500 without details for an internal error', async () => {
    test.runner.version = new TypeError('secret detail');
    await test.client
      .get('/health/ready')
      .expect(500, { statusCode: 500, code: 'internal', message: 'Internal server error' });
  });
});

describe('GET /health', () => {
  it('returns the state of the service and of Docker', async () => {
    const details = { service: { status: 'up' }, docker: UP };
    await test.client.get('/health').expect(200, { status: 'ok', info: details, error: {}, details });
  });

  it('returns 503 when Docker is down', async () => {
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

describe('Many health checks at once', () => {
  it('share one process, even if it runs longer than HEALTH_CACHE_MS', async () => {
    let endVersion!: (result: { stdout: string }) => void;
    let endPs!: (result: { stdout: string }) => void;
    test.runner.version = new Promise((resolve) => (endVersion = resolve));
    test.runner.ps = new Promise((resolve) => (endPs = resolve));
    const probe = (path: string): Promise<number>[] =>
      Array.from({ length: 25 }, async () => (await test.client.get(path)).status);
    const first = probe('/health/ready');
    await expect.poll(() => test.runner.commands.length).toBe(1);
    const second = probe('/health');
    const live = await test.client.get('/health/live');
    expect(live.status).toBe(200);
    endVersion({ stdout: `28.2.${++lastPatch}\n` });
    await expect.poll(() => test.runner.commands.length).toBe(2);
    const third = probe('/health/ready');
    expect((await test.client.get('/health/live')).status).toBe(200);
    endPs({ stdout: '' });
    expect(new Set(await Promise.all([...first, ...second, ...third]))).toEqual(new Set([200]));
    expect(test.runner.commands).toHaveLength(2);
  });

  it('get the cached result, also a failure, for HEALTH_CACHE_MS', async () => {
    const own = await bootApp({ HEALTH_CACHE_MS: '60000' });
    own.runner.version = failure('Cannot connect to the Docker daemon');
    for (let n = 0; n < 20; n++) await own.client.get('/health/ready').expect(503);
    expect(own.runner.commands).toHaveLength(1);
    await own.app.close();
  });
});
