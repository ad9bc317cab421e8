import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isProcessRunning, sh, createUniqueSleep } from '../../test/support/processes/commands.js';
import { SpawnCommandRunner } from './spawn-command-runner.js';

let runner: SpawnCommandRunner;
beforeEach(() => {
  runner = new SpawnCommandRunner();
});
afterEach(() => runner.onApplicationShutdown());

describe('SpawnCommandRunner, deadline', () => {
  it('is not reported as timedOut if the program ended in time, but a grandchild keeps the pipes open', async () => {
    const sleep = createUniqueSleep();
    const result = await runner.run(sh(`setsid ${sleep} & echo out`, { timeoutMs: 400, killGraceMs: 800 }));
    expect(result).toMatchObject({ exitCode: 0, stdout: 'out\n', timedOut: false });
  });

  it('sends SIGTERM and returns the output up to that moment', async () => {
    const result = await runner.run(sh('echo early; exec sleep 30', { timeoutMs: 200 }));
    expect(result).toMatchObject({ exitCode: null, signal: 'SIGTERM', stdout: 'early\n', timedOut: true });
    expect(result.durationMs).toBeGreaterThanOrEqual(190);
    expect(result.durationMs).toBeLessThan(1500);
  });

  it('returns the exit code and the output that a program writes on SIGTERM', async () => {
    const script = `trap 'echo late; exit 7' TERM; while :; do sleep 0.05; done`;
    expect(await runner.run(sh(script, { timeoutMs: 300 }))).toMatchObject({
      exitCode: 7,
      stdout: expect.stringContaining('late\n') as string,
      timedOut: true,
    });
  });

  it('sends SIGKILL to a program that ignores SIGTERM', async () => {
    const sleep = createUniqueSleep();
    const result = await runner.run(sh(`trap '' TERM; echo early; ${sleep}; ${sleep}`, { timeoutMs: 300 }));
    expect(result).toMatchObject({ exitCode: null, signal: 'SIGKILL', stdout: 'early\n', timedOut: true });
    expect(result.durationMs).toBeGreaterThanOrEqual(590);
    expect(result.durationMs).toBeLessThan(2000);
    await expect.poll(() => isProcessRunning(sleep)).toBe(false);
  });

  it('kills grandchildren that ignore SIGTERM and keep the pipes open', async () => {
    const sleep = createUniqueSleep();
    const result = await runner.run(
      sh(`(trap '' TERM; ${sleep}) & echo out; exec sleep 30`, { timeoutMs: 300 }),
    );
    expect(result).toMatchObject({ stdout: 'out\n', timedOut: true });
    expect(result.durationMs).toBeLessThan(2000);
    await expect.poll(() => isProcessRunning(sleep)).toBe(false);
  });

  it('applies even if a grandchild outside the process group keeps the pipes open', async () => {
    const sleep = createUniqueSleep();
    const result = await runner.run(
      sh(`setsid sh -c "trap '' TERM; ${sleep}" & exec sleep 30`, { timeoutMs: 300 }),
    );
    expect(result.timedOut).toBe(true);
    expect(result.durationMs).toBeLessThan(2000);
  });

  it('kills a program stopped by SIGSTOP', async () => {
    const result = await runner.run(sh('kill -STOP $$', { timeoutMs: 300 }));
    expect(result).toMatchObject({ signal: 'SIGKILL', timedOut: true });
    expect(result.durationMs).toBeLessThan(2000);
  });
});

describe('SpawnCommandRunner, output limit', () => {
  it('kills a program that floods stdout, and its children', async () => {
    const sleep = createUniqueSleep();
    await expect(runner.run(sh(`${sleep} & yes`, { maxOutputBytes: 100_000 }))).rejects.toMatchObject({
      name: 'CommandError',
      code: 'command_output_limit',
      message: '/bin/sh wrote more than 100000 bytes',
    });
    await expect.poll(() => isProcessRunning(sleep)).toBe(false);
  });

  it('counts the bytes of stdout and stderr together', async () => {
    const script = 'printf 12345; printf 6789 >&2; printf ü';
    expect(await runner.run(sh(script, { maxOutputBytes: 11 }))).toMatchObject({
      stdout: '12345ü',
      stderr: '6789',
    });
    await expect(runner.run(sh(script, { maxOutputBytes: 10 }))).rejects.toMatchObject({
      code: 'command_output_limit',
    });
  });
});

describe('SpawnCommandRunner, AbortSignal', () => {
  it('starts no program when already aborted', async () => {
    const marker = join(tmpdir(), `started-${process.pid}`);
    const run = runner.run(sh(`touch ${marker}`, { signal: AbortSignal.abort() }));
    await expect(run).rejects.toMatchObject({ code: 'command_aborted' });
    expect(() => readFileSync(marker)).toThrow(/ENOENT/);
  });

  it('kills the whole process group when aborted', async () => {
    const sleep = createUniqueSleep();
    const controller = new AbortController();
    const run = runner.run(sh(`trap '' TERM; ${sleep} & wait`, { signal: controller.signal }));
    await expect.poll(() => isProcessRunning(sleep)).toBe(true);
    controller.abort();
    await expect(run).rejects.toMatchObject({ code: 'command_aborted' });
    await expect.poll(() => isProcessRunning(sleep)).toBe(false);
  });

  it('is ignored after the program has ended', async () => {
    const controller = new AbortController();
    const result = await runner.run(sh('echo out', { signal: controller.signal }));
    controller.abort();
    expect(result).toMatchObject({ stdout: 'out\n' });
  });
});

describe('SpawnCommandRunner, shutdown', () => {
  it('kills running programs, waits for them, and refuses to start new ones', async () => {
    const sleep = createUniqueSleep();
    const runs = [runner.run(sh(`trap '' TERM; ${sleep}`)), runner.run(sh(sleep))];
    const outcomes = Promise.allSettled(runs);
    await expect.poll(() => isProcessRunning(sleep)).toBe(true);
    await runner.onApplicationShutdown();
    expect(isProcessRunning(sleep)).toBe(false);
    expect(await outcomes).toMatchObject([
      { status: 'rejected', reason: { code: 'command_aborted' } },
      { status: 'rejected', reason: { code: 'command_aborted' } },
    ]);
    await expect(runner.run(sh('echo'))).rejects.toMatchObject({ code: 'command_aborted' });
  });
});

it('SpawnCommandRunner starts only one program in each turn of the event loop', async () => {
  const programs = Array.from({ length: 5 }, () => runner.run(sh('exec sleep 30')).catch(() => undefined));
  const started: number[] = [];
  let before = countPrograms();
  for (let turn = 0; turn < 10; turn++) {
    await setImmediate();
    started.push(countPrograms() - before);
    before = countPrograms();
  }
  expect(Math.max(...started)).toBe(1);
  await runner.onApplicationShutdown();
  await Promise.all(programs);
});

it('SpawnCommandRunner counts the killed programs by reason', async () => {
  await runner.run(sh('echo out; exit 3'));
  await expect(runner.run({ ...sh(''), file: '/nowhere' })).rejects.toThrow('could not be started');
  expect(runner.killed).toEqual({ deadline: 0, output_limit: 0, abort: 0 });
  await runner.run(sh("trap 'exit 0' TERM; while :; do sleep 0.05; done", { timeoutMs: 200 }));
  await expect(runner.run(sh('yes', { maxOutputBytes: 1000 }))).rejects.toThrow('more than 1000 bytes');
  const sleeps = [createUniqueSleep(), createUniqueSleep()];
  const aborted = sleeps.map((sleep) => runner.run(sh(sleep)).catch(() => undefined));
  await expect.poll(() => sleeps.every(isProcessRunning)).toBe(true);
  await runner.onApplicationShutdown();
  await Promise.all(aborted);
  expect(runner.killed).toEqual({ deadline: 1, output_limit: 1, abort: 2 });
});

/** Counts the running child processes of this process. */
function countPrograms(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;
}
