import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { TemporaryFolder } from '../../../test/support/files/temporary-folder.js';
import { FileWatcher } from './file-watcher.js';

/** Watches files until the end of the test and counts the calls of `onChange`. */
function watch(...paths: string[]): { changes: number } {
  const calls = { changes: 0 };
  const watcher = new FileWatcher(paths, () => calls.changes++);
  onTestFinished(() => watcher.close());
  return calls;
}

describe('a file watcher', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  it('reports a file that is written within a second once, when it is complete', () => {
    const path = new TemporaryFolder().write('keys', 'one');
    const calls = watch(path);
    vi.advanceTimersByTime(5900);
    expect(calls.changes).toBe(0);
    for (const text of ['tw', 'two', 'two a']) {
      writeFileSync(path, text);
      vi.advanceTimersByTime(300);
      expect(calls.changes).toBe(0);
    }
    vi.advanceTimersByTime(200);
    expect(calls.changes).toBe(1);
    vi.advanceTimersByTime(5000);
    expect(calls.changes).toBe(1);
  });

  it('reports a change within two seconds, even while the file keeps changing', () => {
    const path = new TemporaryFolder().write('keys', 'one');
    const calls = watch(path);
    for (let ms = 700; ms <= 14_000; ms += 700) {
      writeFileSync(path, 'x'.repeat(ms));
      vi.advanceTimersByTime(700);
      expect(calls.changes).toBe(Math.floor(ms / 2000));
    }
    vi.advanceTimersByTime(5000);
    expect(calls.changes).toBe(7);
  });

  it('reports a file that is created, replaced or deleted', () => {
    const folder = new TemporaryFolder();
    const calls = watch(join(folder.path, 'keys'));
    const changes = [
      () => folder.write('keys', 'one'),
      () => renameSync(folder.write('next', 'two'), join(folder.path, 'keys')),
      () => rmSync(join(folder.path, 'keys')),
    ];
    for (const [index, change] of changes.entries()) {
      change();
      vi.advanceTimersByTime(2000);
      expect(calls.changes).toBe(index + 1);
    }
  });

  it('reports an updated Kubernetes secret', () => {
    const folder = new TemporaryFolder();
    folder.mount({ keys: 'one' });
    const calls = watch(join(folder.path, 'keys'));
    folder.mount({ keys: 'two' });
    vi.advanceTimersByTime(2000);
    expect(calls.changes).toBe(1);
  });

  it('reports several files that change together once', () => {
    const folder = new TemporaryFolder();
    const calls = watch(folder.write('cert', 'one'), folder.write('key', 'one'));
    folder.write('cert', 'two');
    vi.advanceTimersByTime(1000);
    folder.write('key', 'two');
    vi.advanceTimersByTime(3000);
    expect(calls.changes).toBe(1);
  });

  it('reports nothing after it is closed', () => {
    const path = new TemporaryFolder().write('keys', 'one');
    const onChange = vi.fn<() => void>();
    new FileWatcher([path], onChange).close();
    writeFileSync(path, 'two');
    vi.advanceTimersByTime(5000);
    expect(onChange).not.toHaveBeenCalled();
  });
});
