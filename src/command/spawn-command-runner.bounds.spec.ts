import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRunning, sh, uniqueSleep } from '../../test/support/commands.js';
import { SpawnCommandRunner } from './spawn-command-runner.js';

let runner: SpawnCommandRunner;
beforeEach(() => {
  runner = new SpawnCommandRunner();
});
afterEach(() => runner.onApplicationShutdown());

describe('the deadline', () => {
  it('is met by a program that ends before it, though a grandchild holds the pipes past it', async () => {
    const sleep = uniqueSleep();
    const result = await runner.run(sh(`setsid ${sleep} & echo out`, { timeoutMs: 400, killGraceMs: 800 }));
    expect(result).toMatchObject({ exitCode: 0, stdout: 'out\n', timedOut: false });
  });

  it('ends a program with SIGTERM and keeps what it wrote until then', async () => {
    const result = await runner.run(sh('echo early; exec sleep 30', { timeoutMs: 200 }));
    expect(result).toMatchObject({ exitCode: null, signal: 'SIGTERM', stdout: 'early\n', timedOut: true });
    expect(result.durationMs).toBeGreaterThanOrEqual(190);
    expect(result.durationMs).toBeLessThan(1500);
  });

  it('keeps what a program writes on SIGTERM, and its exit code', async () => {
    const script = `trap 'echo late; exit 7' TERM; while :; do sleep 0.05; done`;
    expect(await runner.run(sh(script, { timeoutMs: 300 }))).toMatchObject({
      exitCode: 7,
      stdout: expect.stringContaining('late\n') as string,
      timedOut: true,
    });
  });

  it('is followed by SIGKILL for a program that ignores SIGTERM', async () => {
    const sleep = uniqueSleep();
    const result = await runner.run(sh(`trap '' TERM; echo early; ${sleep}; ${sleep}`, { timeoutMs: 300 }));
    expect(result).toMatchObject({ exitCode: null, signal: 'SIGKILL', stdout: 'early\n', timedOut: true });
    expect(result.durationMs).toBeGreaterThanOrEqual(590);
    expect(result.durationMs).toBeLessThan(2000);
    await expect.poll(() => isRunning(sleep)).toBe(false);
  });

  it('reaches grandchildren that ignore SIGTERM and hold the pipes', async () => {
    const sleep = uniqueSleep();
    const result = await runner.run(
      sh(`(trap '' TERM; ${sleep}) & echo out; exec sleep 30`, { timeoutMs: 300 }),
    );
    expect(result).toMatchObject({ stdout: 'out\n', timedOut: true });
    expect(result.durationMs).toBeLessThan(2000);
    await expect.poll(() => isRunning(sleep)).toBe(false);
  });

  it('holds whatever a grandchild outside the group does', async () => {
    const sleep = uniqueSleep();
    const result = await runner.run(
      sh(`setsid sh -c "trap '' TERM; ${sleep}" & exec sleep 30`, { timeoutMs: 300 }),
    );
    expect(result.timedOut).toBe(true);
    expect(result.durationMs).toBeLessThan(2000);
  });

  it('holds for a stopped program', async () => {
    const result = await runner.run(sh('kill -STOP $$', { timeoutMs: 300 }));
    expect(result).toMatchObject({ signal: 'SIGKILL', timedOut: true });
    expect(result.durationMs).toBeLessThan(2000);
  });
});

describe('the output limit', () => {
  it('ends a program that floods stdout', async () => {
    const sleep = uniqueSleep();
    await expect(runner.run(sh(`${sleep} & yes`, { maxOutputBytes: 100_000 }))).rejects.toMatchObject({
      name: 'CommandError',
      code: 'command_output_limit',
      message: '/bin/sh wrote more than 100000 bytes',
    });
    await expect.poll(() => isRunning(sleep)).toBe(false);
  });

  it('counts bytes, stdout and stderr together', async () => {
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

describe('an abort', () => {
  it('before the start starts nothing', async () => {
    const marker = join(tmpdir(), `started-${process.pid}`);
    const run = runner.run(sh(`touch ${marker}`, { signal: AbortSignal.abort() }));
    await expect(run).rejects.toMatchObject({ code: 'command_aborted' });
    expect(() => readFileSync(marker)).toThrow(/ENOENT/);
  });

  it('ends the program and everybody of its group', async () => {
    const sleep = uniqueSleep();
    const controller = new AbortController();
    const run = runner.run(sh(`trap '' TERM; ${sleep} & wait`, { signal: controller.signal }));
    await expect.poll(() => isRunning(sleep)).toBe(true);
    controller.abort();
    await expect(run).rejects.toMatchObject({ code: 'command_aborted' });
    await expect.poll(() => isRunning(sleep)).toBe(false);
  });

  it('after the end does nothing', async () => {
    const controller = new AbortController();
    const result = await runner.run(sh('echo out', { signal: controller.signal }));
    controller.abort();
    expect(result).toMatchObject({ stdout: 'out\n' });
  });
});

describe('on shutdown', () => {
  it('ends what runs, waits for its end, and refuses to start anything more', async () => {
    const sleep = uniqueSleep();
    const runs = [runner.run(sh(`trap '' TERM; ${sleep}`)), runner.run(sh(sleep))];
    const outcomes = Promise.allSettled(runs);
    await expect.poll(() => isRunning(sleep)).toBe(true);
    await runner.onApplicationShutdown();
    expect(isRunning(sleep)).toBe(false);
    expect(await outcomes).toMatchObject([
      { status: 'rejected', reason: { code: 'command_aborted' } },
      { status: 'rejected', reason: { code: 'command_aborted' } },
    ]);
    await expect(runner.run(sh('echo'))).rejects.toMatchObject({ code: 'command_aborted' });
  });
});

it('counts the programs that had to be ended, by why', async () => {
  await runner.run(sh('echo out; exit 3'));
  await expect(runner.run({ ...sh(''), file: '/nowhere' })).rejects.toThrow('could not be started');
  expect(runner.killed).toEqual({ deadline: 0, output_limit: 0, abort: 0 });
  await runner.run(sh("trap 'exit 0' TERM; while :; do sleep 0.05; done", { timeoutMs: 200 }));
  await expect(runner.run(sh('yes', { maxOutputBytes: 1000 }))).rejects.toThrow('more than 1000 bytes');
  const aborted = Array.from({ length: 2 }, () => runner.run(sh('sleep 30')).catch(() => undefined));
  await runner.onApplicationShutdown();
  await Promise.all(aborted);
  expect(runner.killed).toEqual({ deadline: 1, output_limit: 1, abort: 2 });
});
