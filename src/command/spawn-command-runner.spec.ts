import { getEventListeners } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processesWith } from '../../test/support/processes.js';
import type { Command } from './command-runner.js';
import { SpawnCommandRunner } from './spawn-command-runner.js';

const env = { PATH: '/usr/bin:/bin', NODE: process.execPath };

let runner: SpawnCommandRunner;
let folder: string;
beforeEach(() => {
  runner = new SpawnCommandRunner();
  folder = mkdtempSync(join(tmpdir(), 'runner-'));
});
afterEach(async () => {
  await runner.onApplicationShutdown();
  rmSync(folder, { recursive: true });
});

function command(file: string, args: string[], bounds: Partial<Command> = {}): Command {
  return { file, args, env, timeoutMs: 10_000, killGraceMs: 300, maxOutputBytes: 1_000_000, ...bounds };
}

function sh(script: string, bounds: Partial<Command> = {}): Command {
  return command('/bin/sh', ['-c', script], bounds);
}

function node(script: string, bounds: Partial<Command> = {}): Command {
  return command(process.execPath, ['-e', script], bounds);
}

function isRunning(marker: string): boolean {
  return processesWith(marker).length > 0;
}

/** A `sleep` that nothing else on the machine runs. */
let markers = 0;
function uniqueSleep(): string {
  return `sleep ${30_000 + process.pid / 1e7 + ++markers}`;
}

describe('a program that ends by itself', () => {
  it('gives its output, its exit code and how long it took', async () => {
    const result = await runner.run(sh('echo out; echo err >&2; exit 3'));
    expect(result).toEqual({
      exitCode: 3,
      signal: null,
      stdout: 'out\n',
      stderr: 'err\n',
      durationMs: expect.any(Number) as number,
      timedOut: false,
    });
    expect(result.durationMs).toBeGreaterThan(0);
  });

  it('gives the signal that ended it', async () => {
    expect(await runner.run(sh('kill -9 $$'))).toMatchObject({
      exitCode: null,
      signal: 'SIGKILL',
      timedOut: false,
    });
  });

  it('gets its arguments as they are, without a shell', async () => {
    const args = ['$(id)', '*', '; exit 9', '', "it's", 'ü\n'];
    const { stdout } = await runner.run(command('/usr/bin/printf', ['%s|', ...args]));
    expect(stdout).toBe(args.map((arg) => `${arg}|`).join(''));
  });

  it('gets the environment that it is given and nothing more', async () => {
    const { stdout } = await runner.run(command('/usr/bin/env', [], { env: { A: '1' } }));
    expect(stdout).toBe('A=1\n');
  });

  it('is found on the PATH of that environment', async () => {
    writeFileSync(join(folder, 'only-here'), '#!/bin/sh\necho found\n');
    chmodSync(join(folder, 'only-here'), 0o755);
    expect(await runner.run(command('only-here', [], { env: { PATH: folder } }))).toMatchObject({
      stdout: 'found\n',
    });
  });

  it('reads nothing: its stdin is empty', async () => {
    expect(await runner.run(sh('cat; echo end'))).toMatchObject({ stdout: 'end\n', timedOut: false });
  });

  it('may split a character between two writes', async () => {
    const script = `
      const bytes = Buffer.from('€ü日🐳');
      let n = 0;
      const timer = setInterval(() => {
        process.stdout.write(bytes.subarray(n, ++n));
        if (n === bytes.length) clearInterval(timer);
      }, 5);`;
    expect(await runner.run(node(script))).toMatchObject({ stdout: '€ü日🐳' });
  });

  it('may write bytes that are no UTF-8', async () => {
    expect(await runner.run(sh(String.raw`printf 'a\377b'`))).toMatchObject({ stdout: 'a\uFFFDb' });
  });

  it('may write much, to the last byte', async () => {
    const { stdout } = await runner.run(sh('yes | head -c 3000000', { maxOutputBytes: 3_000_000 }));
    expect(stdout).toHaveLength(3_000_000);
  });

  it('leaves nobody of its process group behind', async () => {
    const sleep = uniqueSleep();
    await runner.run(sh(`${sleep} >/dev/null 2>&1 & echo started`));
    await expect.poll(() => isRunning(sleep)).toBe(false);
  });

  it('is not waited for when a grandchild outside its group holds the pipes', async () => {
    const sleep = uniqueSleep();
    try {
      const result = await runner.run(sh(`setsid ${sleep} & echo out`));
      expect(result).toMatchObject({ exitCode: 0, stdout: 'out\n', timedOut: false });
      expect(result.durationMs).toBeLessThan(2000);
    } finally {
      processesWith(sleep).forEach((pid) => process.kill(pid, 'SIGKILL'));
    }
  });
});

describe('the deadline', () => {
  it('is met by a program that ends before it, though a grandchild holds the pipes past it', async () => {
    const sleep = uniqueSleep();
    try {
      const result = await runner.run(sh(`setsid ${sleep} & echo out`, { timeoutMs: 400, killGraceMs: 800 }));
      expect(result).toMatchObject({ exitCode: 0, stdout: 'out\n', timedOut: false });
    } finally {
      processesWith(sleep).forEach((pid) => process.kill(pid, 'SIGKILL'));
    }
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
    try {
      const result = await runner.run(
        sh(`setsid sh -c "trap '' TERM; ${sleep}" & exec sleep 30`, { timeoutMs: 300 }),
      );
      expect(result.timedOut).toBe(true);
      expect(result.durationMs).toBeLessThan(2000);
    } finally {
      processesWith(sleep).forEach((pid) => process.kill(pid, 'SIGKILL'));
    }
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

describe('a program that cannot be started', () => {
  it('is missing', async () => {
    await expect(runner.run(command('no-such-program', []))).rejects.toMatchObject({
      code: 'command_not_found',
      cause: { code: 'ENOENT' },
    });
  });

  it('is missing where its path says', async () => {
    await expect(runner.run(command(join(folder, 'none'), []))).rejects.toMatchObject({
      code: 'command_not_found',
    });
    await expect(runner.run(command('/bin/sh/none', []))).rejects.toMatchObject({
      code: 'command_not_found',
    });
  });

  it('is not executable', async () => {
    writeFileSync(join(folder, 'plain'), 'text');
    await expect(runner.run(command(join(folder, 'plain'), []))).rejects.toMatchObject({
      code: 'command_not_executable',
    });
    await expect(runner.run(command(folder, []))).rejects.toMatchObject({ code: 'command_not_executable' });
  });

  it('has arguments that no program can get', async () => {
    await expect(runner.run(command('/bin/sh', ['a\0b']))).rejects.toMatchObject({
      code: 'command_start_failed',
    });
    await expect(runner.run(command('/bin/echo', ['x'.repeat(5_000_000)]))).rejects.toMatchObject({
      code: 'command_start_failed',
    });
  });
});

describe('an abort', () => {
  it('before the start starts nothing', async () => {
    const marker = join(folder, 'started');
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

it('keeps no listener and no descriptor after many runs, side by side', async () => {
  const signals = Array.from({ length: 20 }, () => new AbortController().signal);
  const round = (): Promise<unknown> =>
    Promise.all(signals.map((signal) => runner.run(sh('echo', { signal }))));
  const state = (): object => ({
    descriptors: readdirSync('/proc/self/fd').length,
    exitListeners: process.listenerCount('exit'),
    abortListeners: signals.flatMap((signal) => getEventListeners(signal, 'abort')).length,
  });
  await round();
  const before = state();
  await round();
  expect(state()).toEqual(before);
  expect(before).toMatchObject({ abortListeners: 0 });
});
