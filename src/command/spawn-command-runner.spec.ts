import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { command, isProcessRunning, sh, createUniqueSleep } from '../../test/support/processes/commands.js';
import { countOpenDescriptors } from '../../test/support/processes/processes.js';
import { SpawnCommandRunner } from './spawn-command-runner.js';

const runner = new SpawnCommandRunner();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runner-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('SpawnCommandRunner', () => {
  it('returns the output, the exit code and the duration', async () => {
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

  it('returns the signal that ended a program', async () => {
    expect(await runner.run(sh('kill -9 $$'))).toMatchObject({
      exitCode: null,
      signal: 'SIGKILL',
      timedOut: false,
    });
  });

  it('passes arguments unchanged, without a shell', async () => {
    const args = ['$(id)', '*', '; exit 9', '', "it's", 'ü\n'];
    const { stdout } = await runner.run(command('/usr/bin/printf', ['%s|', ...args]));
    expect(stdout).toBe(args.map((arg) => `${arg}|`).join(''));
  });

  it('passes the given environment and nothing else', async () => {
    const { stdout } = await runner.run(command('/usr/bin/env', [], { env: { A: '1' } }));
    expect(stdout).toBe('A=1\n');
  });

  it('looks programs up on the PATH of the given environment', async () => {
    writeFileSync(join(folder, 'only-here'), '#!/bin/sh\necho found\n');
    chmodSync(join(folder, 'only-here'), 0o755);
    expect(await runner.run(command('only-here', [], { env: { PATH: folder } }))).toMatchObject({
      stdout: 'found\n',
    });
  });

  it('gives programs an empty stdin', async () => {
    expect(await runner.run(sh('cat; echo end'))).toMatchObject({ stdout: 'end\n', timedOut: false });
  });

  it('decodes characters that are split between two writes', async () => {
    const script = `
      const bytes = Buffer.from('€ü日🐳');
      let n = 0;
      const timer = setInterval(() => {
        process.stdout.write(bytes.subarray(n, ++n));
        if (n === bytes.length) clearInterval(timer);
      }, 5);`;
    expect(await runner.run(command(process.execPath, ['-e', script]))).toMatchObject({ stdout: '€ü日🐳' });
  });

  it('replaces bytes that are not UTF-8 with U+FFFD', async () => {
    expect(await runner.run(sh(String.raw`printf 'a\377b'`))).toMatchObject({ stdout: 'a\uFFFDb' });
  });

  it('returns output of exactly maxOutputBytes', async () => {
    const { stdout } = await runner.run(sh('yes | head -c 3000000', { maxOutputBytes: 3_000_000 }));
    expect(stdout).toHaveLength(3_000_000);
  });

  it('kills children that outlive the program', async () => {
    const sleep = createUniqueSleep();
    await runner.run(sh(`${sleep} >/dev/null 2>&1 & echo started`));
    await expect.poll(() => isProcessRunning(sleep)).toBe(false);
  });

  it('does not wait for a grandchild outside the process group that keeps the pipes open', async () => {
    const sleep = createUniqueSleep();
    const result = await runner.run(sh(`setsid ${sleep} & echo out`));
    expect(result).toMatchObject({ exitCode: 0, stdout: 'out\n', timedOut: false });
    expect(result.durationMs).toBeLessThan(2000);
  });
});

describe('SpawnCommandRunner, start failures', () => {
  it('reports command_not_found for a name that is not on the PATH', async () => {
    await expect(runner.run(command('no-such-program', []))).rejects.toMatchObject({
      code: 'command_not_found',
      cause: { code: 'ENOENT' },
    });
  });

  it('reports command_not_found for a path that does not exist', async () => {
    await expect(runner.run(command(join(folder, 'none'), []))).rejects.toMatchObject({
      code: 'command_not_found',
    });
    await expect(runner.run(command('/bin/sh/none', []))).rejects.toMatchObject({
      code: 'command_not_found',
    });
  });

  it('reports command_not_executable for a plain file and for a folder', async () => {
    writeFileSync(join(folder, 'plain'), 'text');
    await expect(runner.run(command(join(folder, 'plain'), []))).rejects.toMatchObject({
      code: 'command_not_executable',
    });
    await expect(runner.run(command(folder, []))).rejects.toMatchObject({ code: 'command_not_executable' });
  });

  it('reports command_start_failed for arguments with a NUL byte and for too long ones', async () => {
    await expect(runner.run(command('/bin/sh', ['a\0b']))).rejects.toMatchObject({
      code: 'command_start_failed',
    });
    await expect(runner.run(command('/bin/echo', ['x'.repeat(5_000_000)]))).rejects.toMatchObject({
      code: 'command_start_failed',
    });
  });
});

it('SpawnCommandRunner closes its pipes after concurrent runs', async () => {
  const before = countOpenDescriptors(process.pid);
  await Promise.all(Array.from({ length: 20 }, () => runner.run(sh('echo'))));
  await expect.poll(() => countOpenDescriptors(process.pid)).toBeLessThanOrEqual(before);
});

it('SpawnCommandRunner closes its pipes even if a grandchild outside the process group keeps its ends open', async () => {
  const before = countOpenDescriptors(process.pid);
  await runner.run(sh(`setsid ${createUniqueSleep()} & echo out`));
  await expect.poll(() => countOpenDescriptors(process.pid)).toBeLessThanOrEqual(before);
});
