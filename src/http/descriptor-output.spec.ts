import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { TemporaryFolder } from '../../test/support/temporary-folder.js';
import { DescriptorOutput } from './descriptor-output.js';

/** Both ends of a pipe, non-blocking. */
let pipe: number;
let output: DescriptorOutput;
beforeEach(() => {
  const path = join(new TemporaryFolder().path, 'pipe');
  execFileSync('mkfifo', [path]);
  pipe = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  onTestFinished(() => closeSync(pipe));
  output = new DescriptorOutput(pipe);
});

/** What is in the pipe now. */
function read(): string {
  const buffer = Buffer.alloc(65_536);
  try {
    return buffer.toString('utf8', 0, readSync(pipe, buffer));
  } catch {
    return '';
  }
}

const LINE = `${'x'.repeat(1023)}\n`;

function writeLines(count: number): void {
  for (let n = 0; n < count; n++) output.write(LINE);
}

describe('DescriptorOutput', () => {
  it('writes the lines of a turn of the event loop together', async () => {
    output.write('a\n');
    output.write('b\n');
    expect(read()).toBe('');
    await turn();
    expect(read()).toBe('a\nb\n');
    output.write('ü\n');
    await turn();
    expect(read()).toBe('ü\n');
  });

  it('keeps what a slow reader has not read, whole and in order', async () => {
    const lines = Array.from({ length: 20_000 }, (_, n) => `line ${n}\n`);
    lines.forEach((line) => output.write(line));
    let text = '';
    await expect.poll(() => (text += read()).length, { interval: 5 }).toBe(lines.join('').length);
    expect(text).toBe(lines.join(''));
  });

  it('drops what is too much where nobody reads, and says so to who reads again', async () => {
    const warn = vi
      .spyOn(Logger.prototype, 'warn')
      .mockImplementation((line: string) => output.write(`${line}\n`));
    writeLines(500);
    await turn();
    writeLines(1500);
    expect(warn).not.toHaveBeenCalled();
    let text = '';
    await expect.poll(() => (text += read()), { interval: 5 }).toMatch(/nobody read it\n$/);
    const written = text.split(LINE).length - 1;
    expect(written).toBeLessThan(1100);
    expect(text.slice(written * LINE.length)).toBe(
      `${2000 - written} lines of the log are missing here: nobody read it\n`,
    );
  });

  it('does not wait for long at the exit', () => {
    writeLines(200);
    const before = performance.now();
    output.finish();
    expect(performance.now() - before).toBeLessThan(2000);
    expect(read()).toHaveLength(65_536);
    do output.finish();
    while (read() !== ''); // or its timer would write to the next test's pipe
  });

  it('writes the rest at the exit', () => {
    output.write('last words\n');
    output.finish();
    expect(read()).toBe('last words\n');
  });

  it('goes on where nobody can read', async () => {
    const closed = new DescriptorOutput(1_000_000);
    closed.write('x\n');
    await turn();
    closed.write('x\n');
    const before = performance.now();
    closed.finish();
    expect(performance.now() - before).toBeLessThan(100);
  });
});
