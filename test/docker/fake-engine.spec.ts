import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { SpawnCommandRunner } from '../../src/command/spawn-command-runner.js';
import type { Variables } from '../../src/config/environment.js';
import { DOCKER_CLIS, NO_DOCKER_CLI } from '../support/docker-availability.js';
import { type FakeBehaviour, FakeEngine, idOf } from '../support/fake-engine.js';
import { processesWith } from '../support/processes.js';
import { bootApp, type TestApp } from '../support/test-app.js';

const MiB = 2 ** 20;

function refusal(status: number, message: string): FakeBehaviour {
  return {
    answer: (_request, response) =>
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ message })),
  };
}

describe.skipIf(NO_DOCKER_CLI).each(DOCKER_CLIS)('a fake engine, through %s', (cli) => {
  let engine: FakeEngine;
  let test: TestApp<SpawnCommandRunner>;

  beforeAll(() => {
    engine = new FakeEngine();
    return engine.start();
  });
  afterAll(() => engine.destroy());

  /** Boots the service over the fake engine. */
  function boot(env: Variables = {}): Promise<TestApp<SpawnCommandRunner>> {
    const docker = { DOCKER_BIN: cli, DOCKER_HOST: engine.host };
    const times = { DOCKER_TIMEOUT_MS: '3500', DOCKER_KILL_GRACE_MS: '1000', HEALTH_TIMEOUT_MS: '700' };
    return bootApp({ ...docker, ...times, ...env }, { runner: new SpawnCommandRunner() });
  }

  beforeEach(async () => {
    test = await boot();
  });
  afterEach(async () => {
    await test.app.close();
    await vi.waitFor(() => {
      const left = [...processesWith(`${cli} stats --no-stream`), ...processesWith(`${cli} version`)];
      if (left.length > 0) throw new Error(`left behind: ${left.join('; ')}`);
    });
  });

  it('gives the figures that the engine counts', async () => {
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
          id: idOf(1),
          name: 'eight',
          cpuUsage: 800,
          memoryUsage: 1536,
          memoryLimit: 4096,
          memoryPercent: 37.5,
          pids: 1,
          ...traffic,
        },
        {
          id: idOf(0),
          name: 'half',
          cpuUsage: 50,
          memoryUsage: 70,
          memoryLimit: 200,
          memoryPercent: 35,
          pids: 12,
          ...traffic,
        },
        {
          id: idOf(2),
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

  it('gives null for what a Windows engine does not count', async () => {
    engine.behaviour = { os: 'windows', containers: [{ name: 'win', memory: 117.7 * MiB }] };
    const { body } = await test.get('/stats?view=full');
    expect(body).toMatchObject({
      containers: [{ name: 'win', memoryUsage: 117.7, memoryLimit: null, memoryPercent: null, pids: null }],
    });
  });

  it.each(['is gone', 'fails'] as const)('serves the others when one container %s', async (fault) => {
    engine.behaviour = { containers: [{ name: 'a1' }, { name: 'a2', fault }, { name: 'a3' }] };
    expect(await test.get('/stats?view=full')).toMatchObject({
      status: 200,
      body: {
        containers: [{ name: 'a1' }, { name: 'a3' }],
        skipped: [{ container: expect.stringMatching(/^020202020202/) as string, reason: 'no_reading' }],
      },
    });
  });

  it('serves, when one container hangs, the others at the deadline with CLI 28 and later, and nothing before', async () => {
    engine.behaviour = { containers: [{ name: 'a1' }, { name: 'a2', fault: 'hangs' }, { name: 'a3' }] };
    const timedOut = { status: 500, body: { code: 'docker_timeout' } };
    const served = {
      status: 200,
      body: {
        containers: [{ name: 'a1' }, { name: 'a3' }],
        skipped: [{ container: expect.stringMatching(/^020202020202/) as string, reason: 'timed_out' }],
      },
    };
    // On SIGTERM, 20.10 and 26.1 print nothing; 28 and later print the rows that they have.
    expect(await test.get('/stats?view=full')).toMatchObject((await majorVersion()) < 28 ? timedOut : served);
  });

  async function majorVersion(): Promise<number> {
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
    [
      'an answer is cut off in the middle',
      { containers: [{ name: 'a1' }, { name: 'a2', fault: 'is cut off' }] },
    ],
    ['it never answers the list', { containers: [{ name: 'a1' }], hang: /^\/containers\/json/ }],
    ['it never answers anything', { hang: /^/ }],
  ] as [string, FakeBehaviour][])('is a timeout when %s', async (_what, behaviour) => {
    engine.behaviour = behaviour;
    expect(await test.get('/stats')).toMatchObject({ status: 500, body: { code: 'docker_timeout' } });
  });

  it.each([
    [
      'it refuses the API version',
      refusal(
        400,
        'client version 1.41 is too old. Minimum supported API version is 1.44, please upgrade your client',
      ),
      {
        status: 500,
        body: { code: 'docker_unreachable', message: expect.stringContaining('is too old') as string },
      },
      'the Docker daemon refuses the API version of this docker CLI',
    ],
    [
      'it denies the permission',
      refusal(403, 'authorization denied by plugin x'),
      { status: 500, body: { code: 'docker_unreachable' } },
      'permission to use the Docker daemon was denied',
    ],
    [
      'it closes the connection',
      { answer: (request) => request.socket.destroy() },
      { status: 500, body: { code: 'docker_unreachable' } },
      'the connection to the Docker daemon failed',
    ],
    [
      'something else listens there',
      { answer: (request) => request.socket.end('SSH-2.0-OpenSSH_9\r\n') },
      { status: 500, body: { code: 'docker_unreachable' } },
      'the connection to the Docker daemon failed',
    ],
    [
      'it fails',
      refusal(500, 'boom: something internal'),
      {
        status: 500,
        body: {
          code: 'docker_failed',
          message: expect.stringMatching(
            /^Error: Error response from daemon: boom: something internal\. To fix: /,
          ) as string,
        },
      },
      'the docker CLI failed',
    ],
  ] as [string, FakeBehaviour, object, string][])(
    'tells when %s',
    async (_what, behaviour, answer, reason) => {
      engine.behaviour = behaviour;
      expect(await test.get('/stats')).toMatchObject(answer);
      expect(await test.get('/health/ready')).toMatchObject({
        status: 503,
        body: { error: { docker: { reason } } },
      });
    },
  );

  it('is ready when the engine answers its version, and not when it hangs', async () => {
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
