import { getEventListeners } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { command, isRunning, sh, uniqueSleep } from '../../test/support/commands.js';
import { openDescriptors } from '../../test/support/processes.js';
import { SpawnCommandRunner } from './spawn-command-runner.js';

const runner = new SpawnCommandRunner();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runner-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

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
    expect(await runner.run(command(process.execPath, ['-e', script]))).toMatchObject({ stdout: '€ü日🐳' });
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
    const result = await runner.run(sh(`setsid ${sleep} & echo out`));
    expect(result).toMatchObject({ exitCode: 0, stdout: 'out\n', timedOut: false });
    expect(result.durationMs).toBeLessThan(2000);
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

it('keeps no listener and no descriptor after many runs, side by side', async () => {
  const signals = Array.from({ length: 20 }, () => new AbortController().signal);
  const round = (): Promise<unknown> =>
    Promise.all(signals.map((signal) => runner.run(sh('echo', { signal }))));
  const state = (): object => ({
    descriptors: openDescriptors(process.pid),
    exitListeners: process.listenerCount('exit'),
    abortListeners: signals.flatMap((signal) => getEventListeners(signal, 'abort')).length,
  });
  await round();
  const before = state();
  await round();
  expect(state()).toEqual(before);
  expect(before).toMatchObject({ abortListeners: 0 });
});

it('keeps no pipe that a grandchild outside the process group holds', async () => {
  const before = openDescriptors(process.pid);
  await runner.run(sh(`setsid ${uniqueSleep()} & echo out`));
  await expect.poll(() => openDescriptors(process.pid)).toBe(before);
});
