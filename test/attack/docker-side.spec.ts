import { Agent } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CommandRunner } from '../../src/command/command-runner.js';
import { SpawnCommandRunner } from '../../src/command/spawn-command-runner.js';
import type { Variables } from '../../src/config/environment.js';
import { row } from '../support/docker-rows.js';
import { FakeClock } from '../support/fake-clock.js';
import { FakeCommandRunner } from '../support/fake-command-runner.js';
import { type Answer, httpGet } from './http-get.js';
import { peakResidentMb, processesWith } from '../support/processes.js';
import { StandIn } from '../support/stand-in.js';
import { bootApp, KEY } from '../support/test-app.js';
import { anyStderr, anyStdout } from './docker-output.js';
import { expectBasicStatsOrCode, fullStatsOrCode } from './documented-answers.js';
import { underAttack } from './under-attack.js';

/** The application in this process. */
interface App {
  /** Lets the time pass after which docker is asked again, whatever came of the last run. */
  readonly forget: () => Promise<void>;
  readonly get: (path: string) => Promise<Answer>;
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
    forget: () => clock.advance(5001),
    get: (path) => httpGet(url + path, { 'X-API-Key': KEY }, agent),
  };
}

/** The application over processes of the stand-in docker. */
interface AppOverStandIn {
  readonly docker: StandIn;
  /** Lets docker misbehave, and tells the answer from the next sample. */
  readonly answerTo: (behaviour: object) => Promise<Answer>;
}

async function bootOverStandIn(): Promise<AppOverStandIn> {
  const docker = new StandIn();
  const { forget, get } = await boot(docker.env, new SpawnCommandRunner());
  return {
    docker,
    answerTo: async (behaviour) => {
      docker.behave(behaviour);
      await forget();
      return get('/stats?view=full');
    },
  };
}

/** Checks an answer, and tells in short what it is. */
function outcomeOf(answer: Answer): string {
  const stats = fullStatsOrCode(answer);
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

function base64(bytes: Buffer | string): string {
  return Buffer.from(bytes).toString('base64');
}

/** How a run of docker ends: exit code, signal, whether the deadline ended it. */
type End = [exitCode: number | null, signal: NodeJS.Signals | null, timedOut: boolean];

describe('whatever docker prints, and however it ends', () => {
  it('is answered as documented', async () => {
    const runner = new FakeCommandRunner();
    const { forget, get } = await boot({ HEALTH_CACHE_MS: '0' }, runner);
    const outcomes = new Set<string>();
    const anyEnd = fc.oneof(
      { weight: 2, arbitrary: fc.constant<End>([0, null, false]) },
      fc.nat(255).map<End>((exitCode) => [exitCode, null, false]),
      fc.constantFrom<End>([0, null, true], [143, null, true], [null, 'SIGSEGV', false], [null, null, true]),
    );
    const anyRun = fc
      .tuple(anyStdout, anyStderr, anyEnd)
      .map(([stdout, stderr, [exitCode, signal, timedOut]]) => {
        return { stdout: String(stdout), stderr: String(stderr), exitCode, signal, timedOut };
      });
    await fc.assert(
      fc.asyncProperty(anyRun, anyRun, async (stats, other) => {
        Object.assign(runner, { stats, ps: other, version: other });
        await forget();
        outcomes.add(outcomeOf(await get('/stats?view=full')));
        expectBasicStatsOrCode(await get('/stats?name=*a*'));
        expect([200, 503]).toContain((await get('/health/ready')).status);
        expect((await get('/health/live')).status).toBe(200);
      }),
      { numRuns: 1500 },
    );
    // All kinds of answers have come, or the outputs are not as odd as they should be.
    expect([...outcomes].toSorted()).toEqual(OUTCOMES);
  });

  it('is answered as documented when it comes through real pipes', async () => {
    const { docker, answerTo } = await bootOverStandIn();
    const behaviour = fc.record({
      stdout: anyStdout.map(base64),
      stderr: anyStderr.map(base64),
      exitCode: fc.nat(255),
    });
    await fc.assert(
      fc.asyncProperty(behaviour, async (prints) => {
        expect(OUTCOMES).toContain(outcomeOf(await answerTo({ prints })));
      }),
      { numRuns: 50, endOnFailure: true }, // a process each
    );
    await expect.poll(() => processesWith(docker.program)).toEqual([]);
  });

  it('has an answer for every exit code, with figures or without', async () => {
    const { docker, answerTo } = await bootOverStandIn();
    const answers: string[] = [];
    for (let exitCode = 0; exitCode <= 255; exitCode++) {
      const stdout = exitCode % 2 === 0 ? base64(row()) : '';
      answers.push(outcomeOf(await answerTo({ prints: { stdout, exitCode } })));
    }
    expect(answers.splice(0, 1)).toEqual(['all containers']);
    expect(answers.splice(125, 2)).toEqual(['docker_not_found', 'docker_not_found']); // of 126 and 127
    expect(new Set(answers)).toEqual(new Set(['docker_failed']));
    await expect.poll(() => processesWith(docker.program)).toEqual([]);
  });

  // But those that leave a core file.
  it.each(['SIGHUP', 'SIGINT', 'SIGKILL', 'SIGALRM', 'SIGTERM', 'SIGUSR2'] as const)(
    'has an answer for an end by %s',
    async (signal) => {
      const { docker, answerTo } = await bootOverStandIn();
      const { body } = await answerTo({ prints: { stdout: base64(row()), signal } });
      expect(String(body)).toContain(
        `{"statusCode":500,"code":"docker_failed","message":"Error: docker ended with ${signal}`,
      );
      await expect.poll(() => processesWith(docker.program)).toEqual([]);
    },
  );
});

const MiB = 2 ** 20;

/** An output of many megabytes. */
function floodOf(line: string, megabytes: number): object {
  const stdout = base64(line.repeat(MiB / line.length));
  return { prints: { stdout, times: megabytes } };
}

describe('the service', () => {
  it.each([
    ['endlessly', { fault: 'floods' }],
    ['100 MB', floodOf('x\n', 100)],
    ['100 MB on stderr', { prints: { stderr: base64(Buffer.alloc(MiB, 'x')), times: 100 } }],
  ])('ends a docker that prints %s, in little memory', async (_what, behaviour) => {
    await underAttack({}, async (victim) => {
      const before = peakResidentMb(victim.pid);
      const { body } = await victim.answerTo(behaviour);
      expect(JSON.parse(String(body))).toEqual({
        statusCode: 500,
        code: 'docker_failed',
        message: expect.stringContaining(
          `Error: ${victim.docker.program} wrote more than 33554432 bytes. To fix: `,
        ) as string,
      });
      expect(peakResidentMb(victim.pid) - before).toBeLessThan(96);
    });
  });

  it.each([
    ['lines of text', floodOf('x\n', 31), 'docker_unreachable'],
    ['blank lines', floodOf('\n', 31), 'no containers'],
    ['figures', floodOf(row(), 31), 'no containers'],
  ])('reads 31 MB of %s soon, and answers others meanwhile', async (_what, behaviour, outcome) => {
    await underAttack({}, async (victim) => {
      const before = performance.now();
      const answer = await victim.answerTo(behaviour, '&name=nobody');
      expect(performance.now() - before).toBeLessThan(20_000);
      expect(outcomeOf(answer)).toBe(outcome);
    });
  });

  it.each([
    ['dribbles a byte a second', { prints: { stdout: base64('x'), times: 1000, everyMs: 1000 } }],
    ['ignores SIGTERM', { fault: 'ignores_sigterm' }],
    ['is stopped', { prints: { signal: 'SIGSTOP' } }],
    ['has children that hold its pipes', { fault: 'leaves_children' }],
  ])('ends a docker that %s', async (_what, behaviour) => {
    const bounds = { DOCKER_TIMEOUT_MS: '1000', DOCKER_KILL_GRACE_MS: '500' };
    await underAttack(bounds, async (victim) => {
      const before = performance.now();
      const { body } = await victim.answerTo(behaviour);
      expect(performance.now() - before).toBeLessThan(4000);
      expect(JSON.parse(String(body))).toMatchObject({ code: 'docker_timeout' });
    });
  });

  it('does not wait for children that hold the pipes of a docker that has ended', async () => {
    await underAttack({ DOCKER_KILL_GRACE_MS: '500' }, async (victim) => {
      const before = performance.now();
      const { status } = await victim.answerTo({
        containers: 3,
        durationMs: 0,
        fault: 'ends_before_its_children',
      });
      expect(performance.now() - before).toBeLessThan(4000);
      expect(status).toBe(200);
    });
  });
});
