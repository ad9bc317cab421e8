import { execFileSync } from 'node:child_process';
import fs, { closeSync, constants, openSync, readSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
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

/** A file on a disk that has so much space left. */
class FileOnDisk {
  static readonly descriptor = 1_000_000;
  text = '';
  free = Infinity;
  failures = 0;

  constructor(private readonly code = 'ENOSPC') {
    const write = vi.spyOn(fs, 'writeSync');
    write.mockImplementation((_descriptor, data) => this.#write(Buffer.from(data).toString()));
    syncBuiltinESMExports();
    onTestFinished(() => {
      write.mockRestore();
      syncBuiltinESMExports();
    });
  }

  #write(data: string): number {
    if (this.free === 0) {
      this.failures++;
      throw Object.assign(new Error('cannot write'), { code: this.code });
    }
    const written = data.slice(0, this.free);
    this.text += written;
    this.free -= written.length;
    return written.length;
  }
}

/** Writes these lines, each in a turn of its own, and lets some more turns pass. */
async function writeInTurns(...lines: string[]): Promise<void> {
  for (const line of lines) {
    output.write(`${line}\n`);
    await turn();
  }
  for (let n = 0; n < 10; n++) await turn();
}

describe('DescriptorOutput on a disk that is full', () => {
  let file: FileOnDisk;
  let warnings: number;
  beforeEach(() => {
    file = new FileOnDisk();
    output = new DescriptorOutput(FileOnDisk.descriptor);
    warnings = 0;
    vi.spyOn(Logger.prototype, 'warn').mockImplementation((line: string) => {
      warnings++;
      output.write(`${line}\n`);
    });
  });

  it('tells how many lines are missing, behind the first one that is written again', async () => {
    await writeInTurns('one');
    file.free = 0;
    await writeInTurns('two', 'three', 'four');
    file.free = Infinity;
    await writeInTurns('five', 'six');
    expect(file.text).toBe(
      'one\nfive\n3 lines of the log are missing here: they could not be written (ENOSPC)\nsix\n',
    );
  });

  it('counts a line that is written in part, and begins the next one on a line of its own', async () => {
    file.free = 2;
    await writeInTurns('one', 'two');
    file.free = Infinity;
    await writeInTurns('three', 'four');
    expect(file.text).toBe(
      'on\nthree\n2 lines of the log are missing here: they could not be written (ENOSPC)\nfour\n',
    );
  });

  it('counts the lines of one turn that no space was left for', async () => {
    file.free = 6;
    output.write('one\n');
    output.write('two\n');
    output.write('three\n');
    await turn();
    file.free = Infinity;
    await writeInTurns('four');
    expect(file.text).toBe(
      'one\ntw\nfour\n2 lines of the log are missing here: they could not be written (ENOSPC)\n',
    );
  });

  it('begins no empty line where the space ended with a line, or with the end of a cut one', async () => {
    file.free = 4;
    await writeInTurns('one', 'two');
    file.free = 1;
    await writeInTurns('three');
    file.free = 1;
    await writeInTurns('four');
    file.free = Infinity;
    await writeInTurns('five');
    expect(file.text).toBe(
      'one\nt\nfive\n3 lines of the log are missing here: they could not be written (ENOSPC)\n',
    );
  });

  it('keeps the number while there is no space for it', async () => {
    file.free = 0;
    await writeInTurns('one', 'two');
    file.free = 10;
    await writeInTurns('three');
    file.free = Infinity;
    await writeInTurns('four');
    expect(file.text).toBe(
      'three\n2 li\nfour\n2 lines of the log are missing here: they could not be written (ENOSPC)\n',
    );
  });

  it.each(['ENOSPC', 'EPIPE'])('tries once for each line and warns of nothing: %s', async (code) => {
    file = new FileOnDisk(code);
    file.free = 0;
    await writeInTurns('one', 'two', 'three');
    output.finish();
    await turn();
    expect(warnings).toBeLessThanOrEqual(1); // at the exit
    expect(file.failures).toBeLessThanOrEqual(4);
  });

  it('tells the number at the exit, if there is space by then', async () => {
    file.free = 0;
    await writeInTurns('one');
    file.free = Infinity;
    output.finish();
    expect(file.text).toBe('1 lines of the log are missing here: they could not be written (ENOSPC)\n');
  });
});
