import { Agent } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CommandRunner } from '../../../src/command/command-runner.js';
import { SpawnCommandRunner } from '../../../src/command/spawn-command-runner.js';
import type { Variables } from '../../../src/config/environment.js';
import { row } from '../../support/docker/docker-rows.js';
import { FakeClock } from '../../support/sampling/fake-clock.js';
import { FakeCommandRunner } from '../../support/docker/fake-command-runner.js';
import { readPeakResidentMb, findProcesses } from '../../support/processes/processes.js';
import { FakeDockerCli } from '../../support/docker/fake-docker-cli.js';
import { bootApp, KEY } from '../../support/service/test-app.js';
import { anyStderr, anyStdout } from './docker-output.js';
import { expectBasicStatsOrError, expectFullStatsOrError } from './documented-responses.js';
import { type HttpResponse, httpGet } from '../http-get.js';
import { withMisbehavingDocker } from './misbehaving-docker.js';

/** The application in the process of the test. */
interface App {
  /** Advances the clock until no sample and no failure is cached. */
  readonly expireCaches: () => Promise<void>;
  readonly get: (path: string) => Promise<HttpResponse>;
}

async function boot(env: Variables, runner: CommandRunner): Promise<App> {
  const clock = new FakeClock();
  const { app } = await bootApp(env, { runner, clock });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(async () => {
    agent.destroy();
    await app.close();
  });
  const url = await app.getUrl();
  return {
    expireCaches: () => clock.advance(5001),
    get: (path) => httpGet(url + path, { 'X-API-Key': KEY }, agent),
  };
}

/** The same application, which runs the fake docker CLI as a process. */
interface AppWithProcesses {
  readonly docker: FakeDockerCli;
  /** Changes how docker behaves, and returns the response with the next sample. */
  readonly getStatsWith: (behaviour: object) => Promise<HttpResponse>;
}

async function bootWithProcesses(): Promise<AppWithProcesses> {
  const docker = new FakeDockerCli();
  const { expireCaches, get } = await boot(docker.env, new SpawnCommandRunner());
  return {
    docker,
    getStatsWith: async (behaviour) => {
      docker.setBehaviour(behaviour);
      await expireCaches();
      return get('/stats?view=full');
    },
  };
}

/** Checks that a response is documented, and returns its kind: one of OUTCOMES. */
function checkOutcome(response: HttpResponse): string {
  const stats = expectFullStatsOrError(response);
  if (typeof stats === 'string') return stats;
  if (stats.containers.length === 0) return 'no containers';
  return stats.skipped.length === 0 ? 'all containers' : 'some containers';
}

const OUTCOMES = [
  'all containers',
  'docker_failed',
  'docker_not_found',
  'docker_timeout',
  'docker_unreachable',
  'no containers',
  'some containers',
];

function toBase64(bytes: Buffer | string): string {
  return Buffer.from(bytes).toString('base64');
}

type Exit = [exitCode: number | null, signal: NodeJS.Signals | null, timedOut: boolean];

describe('GET /stats returns a documented response', () => {
  it('for arbitrary output and any exit of docker, from a fake command runner', async () => {
    const runner = new FakeCommandRunner();
    const { expireCaches, get } = await boot({ HEALTH_CACHE_MS: '0' }, runner);
    const outcomes = new Set<string>();
    const anyExit = fc.oneof(
      { weight: 2, arbitrary: fc.constant<Exit>([0, null, false]) },
      fc.nat(255).map<Exit>((exitCode) => [exitCode, null, false]),
      fc.constantFrom<Exit>([0, null, true], [143, null, true], [null, 'SIGSEGV', false], [null, null, true]),
    );
    const anyRun = fc
      .tuple(anyStdout, anyStderr, anyExit)
      .map(([stdout, stderr, [exitCode, signal, timedOut]]) => {
        return { stdout: String(stdout), stderr: String(stderr), exitCode, signal, timedOut };
      });
    await fc.assert(
      fc.asyncProperty(anyRun, anyRun, async (stats, other) => {
        Object.assign(runner, { stats, ps: other, version: other });
        await expireCaches();
        outcomes.add(checkOutcome(await get('/stats?view=full')));
        expectBasicStatsOrError(await get('/stats?name=*a*'));
        expect([200, 503]).toContain((await get('/health/ready')).status);
        expect((await get('/health/live')).status).toBe(200);
      }),
      { numRuns: 1500 },
    );
    // If a kind of response never came, the random output is not varied enough.
    expect([...outcomes].toSorted()).toEqual(OUTCOMES);
  }, 120_000); // it needs a whole core for 40 s

  it('for arbitrary output of a docker process, through real pipes', async () => {
    const { docker, getStatsWith } = await bootWithProcesses();
    const anyOutput = fc.record({
      stdout: anyStdout.map(toBase64),
      stderr: anyStderr.map(toBase64),
      exitCode: fc.nat(255),
    });
    await fc.assert(
      fc.asyncProperty(anyOutput, async (prints) => {
        expect(OUTCOMES).toContain(checkOutcome(await getStatsWith({ prints })));
      }),
      { numRuns: 50, endOnFailure: true }, // every run starts a process
    );
    await expect.poll(() => findProcesses(docker.program)).toEqual([]);
  });

  // Each of the 256 samples starts two processes.
  it(
    'for every exit code of docker, with rows for even codes and without rows for odd codes',
    { timeout: 120_000 },
    async () => {
      const { docker, getStatsWith } = await bootWithProcesses();
      const outcomes: string[] = [];
      for (let exitCode = 0; exitCode <= 255; exitCode++) {
        const stdout = exitCode % 2 === 0 ? toBase64(row()) : '';
        outcomes.push(checkOutcome(await getStatsWith({ prints: { stdout, exitCode } })));
      }
      const expected = outcomes.map((_outcome, exitCode) => {
        if (exitCode === 0) return 'all containers';
        return exitCode === 126 || exitCode === 127 ? 'docker_not_found' : 'docker_failed';
      });
      expect(outcomes).toEqual(expected);
      await expect.poll(() => findProcesses(docker.program)).toEqual([]);
    },
  );

  // Only signals that leave no core file.
  it.each(['SIGHUP', 'SIGINT', 'SIGKILL', 'SIGALRM', 'SIGTERM', 'SIGUSR2'] as const)(
    'if %s ends docker',
    async (signal) => {
      const { docker, getStatsWith } = await bootWithProcesses();
      const { body } = await getStatsWith({ prints: { stdout: toBase64(row()), signal } });
      expect(String(body)).toContain(
        `{"statusCode":500,"code":"docker_failed","message":"Error: The docker CLI ended with ${signal}`,
      );
      await expect.poll(() => findProcesses(docker.program)).toEqual([]);
    },
  );
});

const MiB = 2 ** 20;

/** The behaviour of a docker that prints this line again and again. */
function printMegabytes(line: string, megabytes: number): object {
  const stdout = toBase64(line.repeat(MiB / line.length));
  return { prints: { stdout, times: megabytes } };
}

describe('the service with a misbehaving docker', () => {
  it.each([
    ['output without end', { fault: 'floods' }],
    ['100 MB on stdout', printMegabytes('x\n', 100)],
    ['100 MB on stderr', { prints: { stderr: toBase64(Buffer.alloc(MiB, 'x')), times: 100 } }],
  ])('aborts docker when it prints %s, with less than 96 MB of extra memory', async (_what, behaviour) => {
    await withMisbehavingDocker({}, async (service) => {
      const before = readPeakResidentMb(service.pid);
      const { body } = await service.getStatsWith(behaviour);
      expect(JSON.parse(String(body))).toEqual({
        statusCode: 500,
        code: 'docker_failed',
        message: expect.stringContaining(
          `Error: ${service.docker.program} wrote more than 33554432 bytes. To fix: `,
        ) as string,
      });
      expect(readPeakResidentMb(service.pid) - before).toBeLessThan(96);
    });
  });

  it.each([
    ['lines of text', printMegabytes('x\n', 31), 'docker_unreachable'],
    ['blank lines', printMegabytes('\n', 31), 'no containers'],
    ['container rows', printMegabytes(row(), 31), 'no containers'],
  ])('parses 31 MB of %s within 20 s', async (_what, behaviour, outcome) => {
    await withMisbehavingDocker({}, async (service) => {
      const before = performance.now();
      const response = await service.getStatsWith(behaviour, '&name=nobody');
      expect(performance.now() - before).toBeLessThan(20_000);
      expect(checkOutcome(response)).toBe(outcome);
    });
  });

  it.each([
    ['prints one byte a second', { prints: { stdout: toBase64('x'), times: 1000, everyMs: 1000 } }],
    ['ignores SIGTERM', { fault: 'ignores_sigterm' }],
    ['is stopped by SIGSTOP', { prints: { signal: 'SIGSTOP' } }],
    ['has children that keep its pipes open', { fault: 'leaves_children' }],
  ])('returns docker_timeout within 4 s when docker %s', async (_what, behaviour) => {
    const limits = { DOCKER_TIMEOUT_MS: '1000', DOCKER_KILL_GRACE_MS: '500' };
    await withMisbehavingDocker(limits, async (service) => {
      const before = performance.now();
      const { body } = await service.getStatsWith(behaviour);
      expect(performance.now() - before).toBeLessThan(4000);
      expect(JSON.parse(String(body))).toMatchObject({ code: 'docker_timeout' });
    });
  });

  it('does not wait for children of docker that keep its pipes open after it exited', async () => {
    await withMisbehavingDocker({ DOCKER_KILL_GRACE_MS: '500' }, async (service) => {
      const before = performance.now();
      const { status } = await service.getStatsWith({
        containers: 3,
        durationMs: 0,
        fault: 'ends_before_its_children',
      });
      expect(performance.now() - before).toBeLessThan(4000);
      expect(status).toBe(200);
    });
  });
});
