import { execFile } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { DockerEngine } from '../engines/docker-engine.js';
import { findPrograms } from '../vitest/docker-availability.js';

const run = promisify(execFile);

/** The file system of an image, made of files of this machine: the tests cannot pull images. */
export class ImageRoot {
  readonly #folder = mkdtempSync(join(tmpdir(), 'image-'));
  readonly #root = join(this.#folder, 'root');

  /** Copies a program, given by its name on the `PATH` or by its path, and the libraries that it loads. */
  async addProgram(program: string, target = `/usr/bin/${basename(program)}`): Promise<this> {
    const [path] = program.includes('/') ? [program] : findPrograms(program);
    if (path === undefined) throw new Error(`${program} is not on the PATH`);
    return this.add(path, target).addLibrariesOf(path);
  }

  /** Copies the libraries that a program or a native module loads. */
  async addLibrariesOf(path: string): Promise<this> {
    // `ldd` fails for a static program.
    const { stdout } = await run('ldd', [path]).catch(() => ({ stdout: '' }));
    for (const [, library = ''] of stdout.matchAll(/(\/\S+) \(0x/g)) this.add(library);
    return this;
  }

  /** Copies a file or a folder, without links. */
  add(source: string, target = source): this {
    cpSync(realpathSync(source), this.#prepare(target), { recursive: true, dereference: true });
    return this;
  }

  /** Copies files and folders of this repository to a folder, at the same paths. */
  async addFromRepository(paths: readonly string[], target: string): Promise<this> {
    await run('cp', ['-R', '--parents', ...paths, this.#createFolder(target)]);
    return this;
  }

  addFolder(target: string, mode: number): this {
    chmodSync(this.#createFolder(target), mode);
    return this;
  }

  addLink(to: string, target: string): this {
    symlinkSync(to, this.#prepare(target));
    return this;
  }

  write(target: string, content: string): this {
    writeFileSync(this.#prepare(target), content);
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

  /** Imports the files as an image with one layer, with options of `docker import`, and removes the files. */
  async import(engine: DockerEngine, image: string, ...options: readonly string[]): Promise<void> {
    const archive = join(this.#folder, 'root.tar');
    await run('tar', ['cf', archive, '-C', this.#root, '.']);
    await engine.docker('import', ...options, archive, image);
    rmSync(this.#folder, { recursive: true });
  }

  /** Creates a folder. Returns its path. */
  #createFolder(target: string): string {
    const path = join(this.#root, target);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** Creates the folder of a file. Returns the path of the file. */
  #prepare(target: string): string {
    return join(this.#createFolder(dirname(target)), basename(target));
  }
}
