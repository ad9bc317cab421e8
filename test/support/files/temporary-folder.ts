import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder for one test, removed at its end. With `afterAll`, for all tests of a suite. */
export class TemporaryFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'test-'));
  #versions = 0;

  constructor(onEnd: (remove: () => void) => void = onTestFinished) {
    onEnd(() => rmSync(this.path, { recursive: true }));
  }

  /** Writes a file, not atomically. Returns its path. */
  write(name: string, content: string | Buffer): string {
    const path = join(this.path, name);
    writeFileSync(path, content);
    return path;
  }

  /** Writes files as Kubernetes mounts a secret: each file links through `..data`, and an update replaces that link. */
  mount(files: Readonly<Record<string, string>>): void {
    const version = `..version-${++this.#versions}`;
    mkdirSync(join(this.path, version));
    for (const [name, content] of Object.entries(files)) {
      this.write(join(version, name), content);
      if (this.#versions === 1) symlinkSync(join('..data', name), join(this.path, name));
    }
    symlinkSync(version, join(this.path, '..data_tmp'));
    renameSync(join(this.path, '..data_tmp'), join(this.path, '..data'));
  }
}
