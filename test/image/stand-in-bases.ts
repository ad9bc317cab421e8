import { execFile } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { DOCKER_CLIS, findPrograms } from '../support/vitest/docker-availability.js';

const run = promisify(execFile);

const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/** The certificates that npm needs on this machine to reach its registry, in addition to those of Node. */
export const EXTRA_CERTIFICATES = process.env['NODE_EXTRA_CA_CERTS'];

/** The programs that the `RUN` instructions of the Dockerfile and the scripts of npm use. */
const BUILD_PROGRAMS = ['sh', 'env', 'rm', 'find', 'cp', 'mkdir', 'chmod'];

/** The file system of an image, in a folder. */
class RootFolder {
  constructor(readonly path: string) {
    mkdirSync(join(path, 'etc'), { recursive: true });
    mkdirSync(join(path, 'tmp'));
    chmodSync(join(path, 'tmp'), 0o1777);
    this.write(
      '/etc/passwd',
      'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532::/:/sbin/nologin\n',
    );
    this.write('/etc/group', 'root:x:0:\nnonroot:x:65532:\n');
    if (existsSync(CERTIFICATES)) this.copy(CERTIFICATES);
  }

  /** Copies a file or a folder, without links. */
  copy(source: string, target = source): void {
    const path = join(this.path, target);
    mkdirSync(dirname(path), { recursive: true });
    if (statSync(source).isDirectory()) cpSync(source, path, { recursive: true, dereference: true });
    else copyFileSync(source, path);
  }

  /** Copies a program and its shared libraries. */
  async copyProgram(source: string, target: string): Promise<void> {
    this.copy(source, target);
    // ldd fails for a static program.
    const { stdout } = await run('ldd', [source]).catch(() => ({ stdout: '' }));
    for (const [, library = ''] of stdout.matchAll(/(?:=> |^\s+)(\/\S+) \(/gm)) this.copy(library);
  }

  write(name: string, content: string): void {
    writeFileSync(join(this.path, name), content);
  }

  link(target: string, name: string): void {
    mkdirSync(dirname(join(this.path, name)), { recursive: true });
    symlinkSync(target, join(this.path, name));
  }

  /** Packs the folder for `docker import`. Returns the path of the archive. */
  async pack(): Promise<string> {
    const archive = `${this.path}.tar`;
    await run('tar', ['cf', archive, '-C', this.path, '.']);
    return archive;
  }
}

/** Packs a stand-in for `node:26-trixie-slim`: Node, npm with its configuration, and a few programs of this machine. */
export async function packNodeImage(folder: string): Promise<string> {
  const root = new RootFolder(join(folder, 'node'));
  await root.copyProgram(process.execPath, '/usr/bin/node');
  for (const name of BUILD_PROGRAMS) {
    const [path] = findPrograms(name);
    if (path === undefined) throw new Error(`${name} must be on the PATH`);
    await root.copyProgram(path, name === 'sh' ? '/bin/sh' : `/usr/bin/${name}`);
  }
  const [npm = ''] = findPrograms('npm');
  root.copy(join(dirname(npm), '..'), '/usr/lib/node_modules/npm'); // `npm` is bin/npm-cli.js of its package
  root.link('../lib/node_modules/npm/bin/npm-cli.js', '/usr/bin/npm');
  const { stdout: settings } = await run('npm', ['config', 'get', 'globalconfig']);
  if (existsSync(settings.trim())) root.copy(settings.trim(), '/usr/etc/npmrc');
  if (EXTRA_CERTIFICATES !== undefined) root.copy(EXTRA_CERTIFICATES);
  return root.pack();
}

/** Packs a stand-in for a distroless image: the Node of this machine, its libraries and certificates, and no shell. */
export async function packRuntimeImage(folder: string): Promise<string> {
  const root = new RootFolder(join(folder, 'runtime'));
  await root.copyProgram(process.execPath, '/nodejs/bin/node');
  return root.pack();
}

/** Packs a stand-in for `docker:29-cli`: the newest docker CLI of this machine. */
export async function packDockerCliImage(folder: string): Promise<string> {
  const clis = await Promise.all(
    DOCKER_CLIS.map(async (path) => ({ path, version: await readVersion(path) })),
  );
  const [newest] = clis.toSorted((a, b) => b.version - a.version);
  const root = new RootFolder(join(folder, 'docker-cli'));
  await root.copyProgram(newest?.path ?? '', '/usr/local/bin/docker');
  return root.pack();
}

/** Returns the version of a docker CLI as a number that can be compared. */
async function readVersion(cli: string): Promise<number> {
  const { stdout } = await run(cli, ['--version']);
  const [, major, minor] = /(\d+)\.(\d+)/.exec(stdout) ?? [];
  return Number(major) * 1000 + Number(minor);
}
