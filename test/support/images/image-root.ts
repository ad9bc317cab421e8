import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { DockerEngine } from '../engines/docker-engine.js';
import { findPrograms } from '../vitest/docker-availability.js';

const run = promisify(execFile);

/** The file system of an image, made of files of this machine: the tests cannot pull images. */
export class ImageRoot {
  readonly #folder = mkdtempSync(join(tmpdir(), 'image-'));

  /** Copies a program of the `PATH` and the libraries that it loads. */
  async addProgram(name: string, target = `/usr/bin/${name}`): Promise<this> {
    const [program] = findPrograms(name);
    if (program === undefined) throw new Error(`${name} is not on the PATH`);
    await this.add(program, target);
    // `ldd` fails for a static program.
    const { stdout } = await run('ldd', [program]).catch(() => ({ stdout: '' }));
    for (const [, library = ''] of stdout.matchAll(/(\/\S+) \(0x/g)) await this.add(library, library);
    return this;
  }

  /** Copies a file. */
  async add(source: string, target: string): Promise<this> {
    await run('cp', [realpathSync(source), this.#prepare(target)]);
    return this;
  }

  /** Copies files and folders of this repository to a folder, at the same paths. */
  async addFromRepository(paths: readonly string[], target: string): Promise<this> {
    const folder = join(this.#folder, 'root', target);
    mkdirSync(folder, { recursive: true });
    await run('cp', ['-R', '--parents', ...paths, folder]);
    return this;
  }

  addLink(to: string, target: string): this {
    symlinkSync(to, this.#prepare(target));
    return this;
  }

  /** Builds the image with Dockerfile instructions such as `USER 99`, and removes the files. The folder `empty` can be copied. */
  async build(engine: DockerEngine, image: string, instructions: readonly string[]): Promise<void> {
    const dockerfile = ['FROM scratch', 'COPY root /', ...instructions].join('\n');
    writeFileSync(join(this.#folder, 'Dockerfile'), dockerfile);
    mkdirSync(join(this.#folder, 'empty'));
    await engine.docker('build', '--quiet', '--tag', image, this.#folder);
    rmSync(this.#folder, { recursive: true });
  }

  /** Creates the folder of a file. Returns the path of the file. */
  #prepare(target: string): string {
    const path = join(this.#folder, 'root', target);
    mkdirSync(dirname(path), { recursive: true });
    return path;
  }
}
