import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { TemporaryFolder } from '../../../test/support/temporary-folder.js';
import { FileWatch } from './file-watch.js';

/** Counts what a watch of these files tells. */
function watch(...paths: string[]): { changes: number } {
  const told = { changes: 0 };
  const fileWatch = new FileWatch(paths, () => told.changes++);
  onTestFinished(() => fileWatch.close());
  return told;
}

describe('FileWatch', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
  });

  it('tells once of a file that is written within a second, when it is whole', () => {
    const path = new TemporaryFolder().write('keys', 'one');
    const told = watch(path);
    vi.advanceTimersByTime(5900);
    expect(told.changes).toBe(0);
    for (const text of ['tw', 'two', 'two a']) {
      writeFileSync(path, text);
      vi.advanceTimersByTime(300);
      expect(told.changes).toBe(0);
    }
    vi.advanceTimersByTime(200);
    expect(told.changes).toBe(1);
    vi.advanceTimersByTime(5000);
    expect(told.changes).toBe(1);
  });

  it('tells within two seconds of a change, also while the file keeps changing', () => {
    const path = new TemporaryFolder().write('keys', 'one');
    const told = watch(path);
    for (let ms = 700; ms <= 14_000; ms += 700) {
      writeFileSync(path, 'x'.repeat(ms));
      vi.advanceTimersByTime(700);
      expect(told.changes).toBe(Math.floor(ms / 2000));
    }
    vi.advanceTimersByTime(5000);
    expect(told.changes).toBe(7);
  });

  it('tells of another file in the same place, of a lost one and of a new one', () => {
    const folder = new TemporaryFolder();
    const told = watch(join(folder.path, 'keys'));
    const happens = [
      () => folder.write('keys', 'one'),
      () => renameSync(folder.write('next', 'two'), join(folder.path, 'keys')),
      () => rmSync(join(folder.path, 'keys')),
    ];
    for (const [index, change] of happens.entries()) {
      change();
      vi.advanceTimersByTime(2000);
      expect(told.changes).toBe(index + 1);
    }
  });

  it('tells of a mounted secret whose links are swapped', () => {
    const folder = new TemporaryFolder();
    folder.mount({ keys: 'one' });
    const told = watch(join(folder.path, 'keys'));
    folder.mount({ keys: 'two' });
    vi.advanceTimersByTime(2000);
    expect(told.changes).toBe(1);
  });

  it('tells once of several files that change together', () => {
    const folder = new TemporaryFolder();
    const told = watch(folder.write('cert', 'one'), folder.write('key', 'one'));
    folder.write('cert', 'two');
    vi.advanceTimersByTime(1000);
    folder.write('key', 'two');
    vi.advanceTimersByTime(3000);
    expect(told.changes).toBe(1);
  });

  it('tells nothing when it is closed', () => {
    const path = new TemporaryFolder().write('keys', 'one');
    const onChange = vi.fn<() => void>();
    new FileWatch([path], onChange).close();
    writeFileSync(path, 'two');
    vi.advanceTimersByTime(5000);
    expect(onChange).not.toHaveBeenCalled();
  });
});
