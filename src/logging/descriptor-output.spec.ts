import { execFileSync } from 'node:child_process';
import fs, { closeSync, constants, openSync, readSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { TemporaryFolder } from '../../test/support/files/temporary-folder.js';
import { DescriptorOutput } from './descriptor-output.js';

/** Both ends of a non-blocking pipe. */
let pipe: number;
let output: DescriptorOutput;
beforeEach(() => {
  const path = join(new TemporaryFolder().path, 'pipe');
  execFileSync('mkfifo', [path]);
  pipe = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  onTestFinished(() => closeSync(pipe));
  output = new DescriptorOutput(pipe);
});

/** Reads the content of the pipe. */
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
  it('writes all lines of an event-loop turn at once', async () => {
    output.write('a\n');
    output.write('b\n');
    expect(read()).toBe('');
    await turn();
    expect(read()).toBe('a\nb\n');
    output.write('ü\n');
    await turn();
    expect(read()).toBe('ü\n');
  });

  it('writes all lines in order when the reader is slow', async () => {
    const lines = Array.from({ length: 20_000 }, (_, n) => `line ${n}\n`);
    lines.forEach((line) => output.write(line));
    let text = '';
    await expect.poll(() => (text += read()).length, { interval: 5 }).toBe(lines.join('').length);
    expect(text).toBe(lines.join(''));
  });

  it('drops lines while the output is blocked, and logs their number afterwards', async () => {
    const warn = vi
      .spyOn(Logger.prototype, 'warn')
      .mockImplementation((line: string) => output.write(`${line}\n`));
    writeLines(500);
    await turn();
    writeLines(1500);
    expect(warn).not.toHaveBeenCalled();
    let text = '';
    await expect.poll(() => (text += read()), { interval: 5 }).toMatch(/output blocked\n$/);
    const written = text.split(LINE).length - 1;
    expect(written).toBeLessThan(1100);
    expect(text.slice(written * LINE.length)).toBe(`Dropped ${2000 - written} log lines: output blocked\n`);
  });

  it('does not delay the exit for long while the output is blocked', () => {
    writeLines(200);
    const before = performance.now();
    output.finish();
    expect(performance.now() - before).toBeLessThan(2000);
    expect(read()).toHaveLength(65_536);
    do output.finish();
    while (read() !== ''); // otherwise its timer would write to the next test's pipe
  });

  it('writes pending lines at exit', () => {
    output.write('last words\n');
    output.finish();
    expect(read()).toBe('last words\n');
  });

  it('ignores a closed descriptor and does not delay the exit', async () => {
    const closed = new DescriptorOutput(1_000_000);
    closed.write('x\n');
    await turn();
    closed.write('x\n');
    const before = performance.now();
    closed.finish();
    expect(performance.now() - before).toBeLessThan(100);
  });
});

/** Replaces `fs.writeSync` by a file on a disk with limited free space. */
class FakeFile {
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

/** Writes each line in its own event-loop turn, then waits for some more turns. */
async function writeInTurns(...lines: string[]): Promise<void> {
  for (const line of lines) {
    output.write(`${line}\n`);
    await turn();
  }
  for (let n = 0; n < 10; n++) await turn();
}

describe('DescriptorOutput on a full disk', () => {
  let file: FakeFile;
  let warnings: number;
  beforeEach(() => {
    file = new FakeFile();
    output = new DescriptorOutput(FakeFile.descriptor);
    warnings = 0;
    vi.spyOn(Logger.prototype, 'warn').mockImplementation((line: string) => {
      warnings++;
      output.write(`${line}\n`);
    });
  });

  it('logs the number of dropped lines after the next line that is written', async () => {
    await writeInTurns('one');
    file.free = 0;
    await writeInTurns('two', 'three', 'four');
    file.free = Infinity;
    await writeInTurns('five', 'six');
    expect(file.text).toBe('one\nfive\nDropped 3 log lines: write failed (ENOSPC)\nsix\n');
  });

  it('counts a partly written line as dropped, and starts the next one on a new line', async () => {
    file.free = 2;
    await writeInTurns('one', 'two');
    file.free = Infinity;
    await writeInTurns('three', 'four');
    expect(file.text).toBe('on\nthree\nDropped 2 log lines: write failed (ENOSPC)\nfour\n');
  });

  it('counts the lines of one event-loop turn that do not fit on the disk as dropped', async () => {
    file.free = 6;
    output.write('one\n');
    output.write('two\n');
    output.write('three\n');
    await turn();
    file.free = Infinity;
    await writeInTurns('four');
    expect(file.text).toBe('one\ntw\nfour\nDropped 2 log lines: write failed (ENOSPC)\n');
  });

  it('writes no empty line when the space ran out exactly at a line break', async () => {
    file.free = 4;
    await writeInTurns('one', 'two');
    file.free = 1;
    await writeInTurns('three');
    file.free = 1;
    await writeInTurns('four');
    file.free = Infinity;
    await writeInTurns('five');
    expect(file.text).toBe('one\nt\nfive\nDropped 3 log lines: write failed (ENOSPC)\n');
  });

  it('logs the number of dropped lines again later when that line itself did not fit', async () => {
    file.free = 0;
    await writeInTurns('one', 'two');
    file.free = 10;
    await writeInTurns('three');
    file.free = Infinity;
    await writeInTurns('four');
    expect(file.text).toBe('three\nDrop\nfour\nDropped 2 log lines: write failed (ENOSPC)\n');
  });

  it.each(['ENOSPC', 'EPIPE'])('tries to write each line once while writes fail with %s', async (code) => {
    file = new FakeFile(code);
    file.free = 0;
    await writeInTurns('one', 'two', 'three');
    output.finish();
    await turn();
    expect(warnings).toBeLessThanOrEqual(1); // at exit
    expect(file.failures).toBeLessThanOrEqual(4);
  });

  it('logs the number of dropped lines at exit if there is free space again', async () => {
    file.free = 0;
    await writeInTurns('one');
    file.free = Infinity;
    output.finish();
    expect(file.text).toBe('Dropped 1 log line: write failed (ENOSPC)\n');
  });
});
