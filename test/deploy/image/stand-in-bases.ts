import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ImageRoot } from '../../support/images/image-root.js';
import { DOCKER_CLIS, findPrograms } from '../../support/vitest/docker-availability.js';

const run = promisify(execFile);

const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/** The certificates that npm needs on this machine to reach its registry, in addition to those of Node. */
export const EXTRA_CERTIFICATES = process.env['NODE_EXTRA_CA_CERTS'];

/** The programs that the `RUN` instructions of the Dockerfile and the scripts of npm use. */
const BUILD_PROGRAMS = ['sh', 'env', 'rm', 'find', 'cp', 'mkdir', 'chmod'];

/** What every base has. */
function createBase(): ImageRoot {
  const root = new ImageRoot()
    .addFolder('/tmp', 0o1777)
    .write('/etc/passwd', 'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532::/:/sbin/nologin\n')
    .write('/etc/group', 'root:x:0:\nnonroot:x:65532:\n');
  return existsSync(CERTIFICATES) ? root.add(CERTIFICATES) : root;
}

/** Creates a stand-in for `node:26-trixie-slim`: Node, npm with its configuration, and a few programs of this machine. */
export async function createNodeBase(): Promise<ImageRoot> {
  const root = createBase();
  await root.addProgram(process.execPath, '/usr/bin/node');
  for (const name of BUILD_PROGRAMS) await root.addProgram(name, name === 'sh' ? '/bin/sh' : undefined);
  for (const path of await findNativeModules()) await root.addLibrariesOf(path);
  const [npm = ''] = findPrograms('npm');
  root.add(join(dirname(npm), '..'), '/usr/lib/node_modules/npm'); // `npm` is bin/npm-cli.js of its package
  root.addLink('../lib/node_modules/npm/bin/npm-cli.js', '/usr/bin/npm');
  const { stdout: settings } = await run('npm', ['config', 'get', 'globalconfig']);
  if (existsSync(settings.trim())) root.add(settings.trim(), '/usr/etc/npmrc');
  return EXTRA_CERTIFICATES === undefined ? root : root.add(EXTRA_CERTIFICATES);
}

/** Finds the native modules that `npm run build` may load. Debian has their libraries. */
async function findNativeModules(): Promise<string[]> {
  const { stdout } = await run('find', ['node_modules', '-maxdepth', '3', '-name', '*.node']);
  return stdout.trim().split('\n');
}

/** Creates a stand-in for a distroless image: the Node of this machine, its libraries and certificates, and no shell. */
export async function createRuntimeBase(): Promise<ImageRoot> {
  return createBase().addProgram(process.execPath, '/nodejs/bin/node');
}

/** Creates a stand-in for `docker:29-cli`: the newest docker CLI of this machine. */
export async function createDockerCliBase(): Promise<ImageRoot> {
  const clis = await Promise.all(
    DOCKER_CLIS.map(async (path) => ({ path, version: await readVersion(path) })),
  );
  const [newest] = clis.toSorted((a, b) => b.version - a.version);
  return createBase().addProgram(newest?.path ?? '', '/usr/local/bin/docker');
}

/** Returns the version of a docker CLI as a number that can be compared. */
async function readVersion(cli: string): Promise<number> {
  const { stdout } = await run(cli, ['--version']);
  const [, major, minor] = /(\d+)\.(\d+)/.exec(stdout) ?? [];
  return Number(major) * 1000 + Number(minor);
}
