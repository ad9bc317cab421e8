import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TemporaryFolder } from '../support/temporary-folder.js';

const CLIENT = resolve('dist/client');

/** What a built file imports, in any form. */
function importsOf(file: string): string[] {
  const code = readFileSync(file, 'utf8');
  const found = code.matchAll(/\b(?:from|import|require)\s*\(?\s*(['"])(?<specifier>[^'"]+)\1/g);
  return [...found].map(({ groups }) => groups?.['specifier'] ?? '');
}

/** Everything that is loaded with a file: its own imports, and theirs; those of packages by name. */
function loadedWith(file: string, loaded = new Set<string>()): Set<string> {
  if (loaded.has(file)) return loaded;
  loaded.add(file);
  for (const specifier of importsOf(file)) {
    if (specifier.startsWith('.')) loadedWith(resolve(dirname(file), specifier), loaded);
    else loaded.add(specifier);
  }
  return loaded;
}

describe('the built client', () => {
  it('loads files of its own folder alone: no Nest, no package, nothing of Node', () => {
    const loaded = [...loadedWith(join(CLIENT, 'index.js'))];
    expect(loaded.length).toBeGreaterThan(10);
    expect(loaded.filter((file) => !file.startsWith(`${CLIENT}/`))).toEqual([]);
  });

  it('as a Nest module loads Nest beside', () => {
    const loaded = [...loadedWith(join(CLIENT, 'nest/index.js'))];
    expect(loaded.filter((file) => !file.startsWith(`${CLIENT}/`))).toEqual(['@nestjs/common']);
  });

  it('has types that need no other package, and those of a browser in place of Node', () => {
    const folder = new TemporaryFolder().path;
    const installed = join(folder, 'node_modules/docker-stats-api');
    mkdirSync(installed, { recursive: true });
    cpSync('package.json', join(installed, 'package.json'));
    cpSync('dist', join(installed, 'dist'), {
      recursive: true,
      filter: (source) => !/\.(js|map)$/.test(source) && !relative('dist', source).startsWith('client/nest'),
    });
    writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
    writeFileSync(join(folder, 'consumer.ts'), CONSUMER);
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER_OPTIONS }));
    const { stdout } = spawnSync(process.execPath, [resolve('node_modules/typescript/bin/tsc')], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stdout).toBe('');
  });
});

const COMPILER_OPTIONS = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  module: 'nodenext',
  target: 'es2023',
  lib: ['es2023', 'dom'],
  types: [],
  skipDefaultLibCheck: true, // TypeScript's own
};

const CONSUMER = `
import { StatsClient, StatsClientError } from 'docker-stats-api/client';
import type { BasicContainerStats, ContainerStats, FullStats, Readiness } from 'docker-stats-api/client';

const client = new StatsClient({ baseUrl: 'http://x.org', apiKey: 'key', timeoutMs: 1000 });
export const basic: BasicContainerStats[] = await client.stats({ name: ['a', 'b'] });
export const full: FullStats = await client.stats({ view: 'full', maxAge: 1 });
export const one: ContainerStats = await client.container('a', { signal: AbortSignal.timeout(1000) });
export const readiness: Readiness = await client.ready();
export const within = (signal?: AbortSignal, name?: string): Promise<BasicContainerStats[]> =>
  client.stats({ signal, name });
for await (const containers of client.watch()) console.log(containers[0]?.name);
for await (const { sampledAt } of client.watch({ view: 'full' })) console.log(sampledAt);
// @ts-expect-error the plain view has no ids
export const ids = (await client.stats()).map(({ id }) => id);
// @ts-expect-error there is no such code
export const isOther = (error: unknown) => error instanceof StatsClientError && error.code === 'other';
`;
