import { execFile } from 'node:child_process';
import { createReadStream, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createGzip } from 'node:zlib';
import type { DockerEngine } from '../../support/engines/docker-engine.js';
import {
  createDockerCliBase,
  createNodeBase,
  createRuntimeBase,
  EXTRA_CERTIFICATES,
} from './stand-in-bases.js';

const run = promisify(execFile);

/** The name of the built image in the private engine. */
export const SERVICE_IMAGE = 'docker-stats-api:test';

const BASES = { NODE_IMAGE: 'base-node', DOCKER_CLI_IMAGE: 'base-docker-cli', RUNTIME_IMAGE: 'base-runtime' };

/** A file in a layer of an image. */
export interface LayerFile {
  /** Such as `-rwxr-xr-x`. */
  readonly mode: string;
  readonly owner: string;
  readonly path: string;
}

/** A layer of an image. */
export interface Layer {
  readonly compressedMb: number;
  /** Without folders. */
  readonly files: readonly LayerFile[];
}

/** The layers of an image, apart from empty ones. */
export interface Layers {
  readonly base: readonly Layer[];
  /** What the Dockerfile adds to its base. */
  readonly added: readonly Layer[];
}

/** Builds the Dockerfile of this repository, with bases that are made of files of this machine. */
export async function buildServiceImage(engine: DockerEngine): Promise<void> {
  const change =
    EXTRA_CERTIFICATES === undefined ? [] : [`--change=ENV NODE_EXTRA_CA_CERTS=${EXTRA_CERTIFICATES}`];
  await (await createNodeBase()).import(engine, BASES.NODE_IMAGE, ...change);
  await (await createDockerCliBase()).import(engine, BASES.DOCKER_CLI_IMAGE);
  await (await createRuntimeBase()).import(engine, BASES.RUNTIME_IMAGE);

  const values = { ...BASES, VERSION: '1.2.3', REVISION: 'abc123' };
  const args = Object.entries(values).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  const build = ['build', '--quiet', '--network', 'host', '--tag', SERVICE_IMAGE, ...args, '.'];
  // The private engine has no BuildKit plugin for newer CLIs.
  await run('docker', ['-H', engine.host, ...build], { env: { ...process.env, DOCKER_BUILDKIT: '0' } });
}

/** Reads the layers of the built image. */
export async function readLayers(engine: DockerEngine, folder: string): Promise<Layers> {
  const saved = join(folder, 'saved');
  mkdirSync(saved);
  await engine.docker('save', '--output', `${saved}.tar`, SERVICE_IMAGE);
  await run('tar', ['xf', `${saved}.tar`, '-C', saved]);
  const [manifest] = JSON.parse(readFileSync(join(saved, 'manifest.json'), 'utf8')) as [{ Layers: string[] }];
  const inBase = await engine.docker('inspect', '--format', '{{len .RootFS.Layers}}', BASES.RUNTIME_IMAGE);
  const layers = await Promise.all(manifest.Layers.map((path) => readLayer(join(saved, path))));
  return {
    base: layers.slice(0, Number(inBase)),
    added: layers.slice(Number(inBase)).filter(({ files }) => files.length > 0),
  };
}

async function readLayer(archive: string): Promise<Layer> {
  return { compressedMb: await measureCompressedMb(archive), files: await listFiles(archive) };
}

async function measureCompressedMb(path: string): Promise<number> {
  let bytes = 0;
  for await (const chunk of createReadStream(path).pipe(createGzip())) bytes += (chunk as Buffer).length;
  return bytes / 1e6;
}

async function listFiles(archive: string): Promise<LayerFile[]> {
  const { stdout } = await run('tar', ['tvf', archive, '--numeric-owner'], { maxBuffer: 64 * 2 ** 20 });
  return [...stdout.matchAll(/^([-l]\S+) (\S+) +\d+ \S+ \S+ (\S+)/gm)].map(
    ([, mode = '', owner = '', path = '']) => ({ mode, owner, path }),
  );
}
