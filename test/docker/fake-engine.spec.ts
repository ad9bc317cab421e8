import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { SpawnCommandRunner } from '../../src/command/spawn-command-runner.js';
import type { Variables } from '../../src/config/environment.js';
import { DOCKER_CLIS, NO_DOCKER_CLI } from '../support/vitest/docker-availability.js';
import { type FakeBehaviour, FakeEngine, formatContainerId } from '../support/engines/fake-engine.js';
import { findProcesses } from '../support/processes/processes.js';
import { bootApp, type TestApp } from '../support/service/test-app.js';

const MiB = 2 ** 20;

function respondWith(status: number, message: string): FakeBehaviour {
  return {
    respond: (_request, response) =>
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ message })),
  };
}

describe.skipIf(NO_DOCKER_CLI).each(DOCKER_CLIS)('Service with a fake engine, through %s', (cli) => {
  let engine: FakeEngine;
  let test: TestApp<SpawnCommandRunner>;

  beforeAll(() => {
    engine = new FakeEngine();
    return engine.start();
  });
  afterAll(() => engine.destroy());

  /** Boots the service with the fake engine. */
  function boot(env: Variables = {}): Promise<TestApp<SpawnCommandRunner>> {
    const docker = { DOCKER_BIN: cli, DOCKER_HOST: engine.host };
    const times = { DOCKER_TIMEOUT_MS: '2500', DOCKER_KILL_GRACE_MS: '1000', HEALTH_TIMEOUT_MS: '700' };
    return bootApp({ ...docker, ...times, ...env }, { runner: new SpawnCommandRunner() });
  }

  beforeEach(async () => {
    test = await boot();
  });
  afterEach(async () => {
    await test.app.close();
    await vi.waitFor(() => {
      const left = [...findProcesses(`${cli} stats --no-stream`), ...findProcesses(`${cli} version`)];
      if (left.length > 0) throw new Error(`processes still running: ${left.join('; ')}`);
    });
  });

  it('GET /stats?view=full converts the values of the engine', async () => {
    engine.behaviour = {
      containers: [
        { name: 'half', cpuPercent: 50, memory: 70 * MiB, memoryLimit: 200 * MiB, pids: 12 },
        { name: 'eight', cpuPercent: 800, memory: 1.5 * 1024 * MiB, memoryLimit: 4 * 1024 * MiB },
        { name: 'unaccounted', memory: 0, memoryLimit: 0, pids: 3 },
      ],
    };
    const { body } = await test.get('/stats?view=full');
    const traffic = {
      networkReceived: 1020 / MiB,
      networkSent: 1e6 / MiB,
      blockRead: 4100 / MiB,
      blockWritten: 1e9 / MiB,
    };
    expect(body).toMatchObject({
      containers: [
        {
          id: formatContainerId(1),
          name: 'eight',
          cpuUsage: 800,
          memoryUsage: 1536,
          memoryLimit: 4096,
          memoryPercent: 37.5,
          pids: 1,
          ...traffic,
        },
        {
          id: formatContainerId(0),
          name: 'half',
          cpuUsage: 50,
          memoryUsage: 70,
          memoryLimit: 200,
          memoryPercent: 35,
          pids: 12,
          ...traffic,
        },
        {
          id: formatContainerId(2),
          name: 'unaccounted',
          memoryUsage: null,
          memoryLimit: null,
          memoryPercent: null,
          pids: 3,
        },
      ],
      skipped: [],
    });
  });

  it('GET /stats?view=full returns null for values that a Windows engine does not report', async () => {
    engine.behaviour = { os: 'windows', containers: [{ name: 'win', memory: 117.7 * MiB }] };
    const { body } = await test.get('/stats?view=full');
    expect(body).toMatchObject({
      containers: [{ name: 'win', memoryUsage: 117.7, memoryLimit: null, memoryPercent: null, pids: null }],
    });
  });

  it.each(['is gone', 'fails'] as const)(
    'GET /stats?view=full returns the other containers when one %s',
    async (failure) => {
      engine.behaviour = { containers: [{ name: 'a1' }, { name: 'a2', failure }, { name: 'a3' }] };
      expect(await test.get('/stats?view=full')).toMatchObject({
        status: 200,
        body: {
          containers: [{ name: 'a1' }, { name: 'a3' }],
          skipped: [{ container: 'a2', reason: 'no_reading' }],
        },
      });
    },
  );

  it('GET /stats?view=full returns the other containers at the timeout when one hangs (CLI 28), or docker_timeout (older CLIs)', async () => {
    engine.behaviour = { containers: [{ name: 'a1' }, { name: 'a2', failure: 'hangs' }, { name: 'a3' }] };
    const timedOut = { status: 500, body: { code: 'docker_timeout' } };
    const returned = {
      status: 200,
      body: {
        containers: [{ name: 'a1' }, { name: 'a3' }],
        skipped: [{ container: 'a2', reason: 'timed_out' }],
      },
    };
    // On SIGTERM, CLI 20.10 and 26.1 print nothing; 28 and later print the rows that they have.
    expect(await test.get('/stats?view=full')).toMatchObject(
      (await getMajorVersion()) < 28 ? timedOut : returned,
    );
  });

  async function getMajorVersion(): Promise<number> {
    const { stdout } = await new SpawnCommandRunner().run({
      file: cli,
      args: ['version', '--format', '{{.Client.Version}}'],
      env: { DOCKER_HOST: engine.host },
      timeoutMs: 3000,
      killGraceMs: 300,
      maxOutputBytes: 1000,
    });
    return Number.parseInt(stdout, 10);
  }

  it.each([
    ['the engine aborts a response', { containers: [{ name: 'a1' }, { name: 'a2', failure: 'is aborted' }] }],
    [
      'the engine does not return the list of containers',
      { containers: [{ name: 'a1' }], hang: /^\/containers\/json/ },
    ],
    ['the engine does not respond', { hang: /^/ }],
  ] as [string, FakeBehaviour][])('GET /stats returns docker_timeout when %s', async (_what, behaviour) => {
    engine.behaviour = behaviour;
    expect(await test.get('/stats')).toMatchObject({ status: 500, body: { code: 'docker_timeout' } });
  });

  it.each([
    [
      'the engine refuses the API version',
      respondWith(
        400,
        'client version 1.41 is too old. Minimum supported API version is 1.44, please upgrade your client',
      ),
      {
        status: 500,
        body: { code: 'docker_unreachable', message: expect.stringContaining('is too old') as string },
      },
      'The Docker daemon does not support the API version of this docker CLI',
    ],
    [
      'the engine denies permission',
      respondWith(403, 'authorization denied by plugin x'),
      { status: 500, body: { code: 'docker_unreachable' } },
      'Permission to use the Docker daemon was denied',
    ],
    [
      'the engine closes the connection',
      { respond: (request) => request.socket.destroy() },
      { status: 500, body: { code: 'docker_unreachable' } },
      'The connection to the Docker daemon failed',
    ],
    [
      'another program listens on the socket',
      { respond: (request) => request.socket.end('SSH-2.0-OpenSSH_9\r\n') },
      { status: 500, body: { code: 'docker_unreachable' } },
      'The connection to the Docker daemon failed',
    ],
    [
      'the engine fails',
      respondWith(500, 'boom: something internal'),
      {
        status: 500,
        body: {
          code: 'docker_failed',
          message: expect.stringMatching(
            /^Error: Error response from daemon: boom: something internal\. To fix: /,
          ) as string,
        },
      },
      'The docker CLI failed',
    ],
  ] as [string, FakeBehaviour, object, string][])(
    'GET /stats and /health/ready report that %s',
    async (_what, behaviour, response, reason) => {
      engine.behaviour = behaviour;
      expect(await test.get('/stats')).toMatchObject(response);
      expect(await test.get('/health/ready')).toMatchObject({
        status: 503,
        body: { error: { docker: { reason } } },
      });
    },
  );

  it('GET /health/ready returns 200 with the version of the engine, and 503 when the engine hangs', async () => {
    engine.behaviour = {};
    expect(await test.get('/health/ready')).toMatchObject({
      status: 200,
      body: { info: { docker: { version: '20.10.24-fake' } } },
    });
    const own = await boot({ HEALTH_CACHE_MS: '0' });
    engine.behaviour = { hang: /^\/version/ };
    await own.client.get('/health/ready').expect(503, /"code":"docker_timeout"/);
    await own.app.close();
  });
});
