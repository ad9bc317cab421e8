import { execFile, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyCheckout, install, pack, type PackedPackage } from '../support/files/checkout.js';

const run = promisify(execFile);

/** Files of a developer that must not get into the package. */
const SECRETS = ['client/.env', 'client/.npmrc', 'client/examples/.env', 'client/src/.env'];

const folder = mkdtempSync(join(tmpdir(), 'client-package-'));
const [checkout, alone, withNest] = ['checkout', 'alone', 'with-nest'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
const CLIENT = join(alone, 'node_modules/docker-stats-client');
let packed: PackedPackage['files'];

/** Packs a copy of this checkout without builds, and installs the package in two folders. The second folder also has Nest. */
beforeAll(async () => {
  copyCheckout(checkout);
  for (const path of SECRETS) writeFileSync(join(checkout, path), '# a secret\n');
  mkdirSync(alone);
  writeFileSync(join(alone, 'package.json'), '{}');

  const { tarball, files } = await pack(checkout, folder, '--workspace', 'client');
  packed = files;
  await install(tarball, alone);
  cpSync(alone, withNest, { recursive: true });
  mkdirSync(join(withNest, 'node_modules/@nestjs'));
  symlinkSync(resolve('node_modules/@nestjs/common'), join(withNest, 'node_modules/@nestjs/common'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Returns the specifiers that a built file imports or requires. */
function findImports(file: string): string[] {
  const code = readFileSync(file, 'utf8');
  const found = code.matchAll(/\b(?:from|import|require)\s*\(?\s*(['"])(?<specifier>[^'"]+)\1/g);
  return [...found].map(({ groups }) => groups?.['specifier'] ?? '');
}

/** Returns the paths of a file and of all files that it loads, and the names of all packages that they load. */
function findLoaded(file: string, loaded = new Set<string>()): Set<string> {
  if (loaded.has(file)) return loaded;
  loaded.add(file);
  for (const specifier of findImports(file)) {
    if (specifier.startsWith('.')) findLoaded(resolve(dirname(file), specifier), loaded);
    else loaded.add(specifier);
  }
  return loaded;
}

/** Runs a program and returns its output. */
async function runProgram(cwd: string, type: 'module' | 'commonjs', program: string): Promise<string> {
  const { stdout } = await run('node', [`--input-type=${type}`, '--eval', program], { cwd });
  return stdout;
}

describe('the package docker-stats-client', () => {
  it('contains only both builds with their types, the README, the licence and the examples', () => {
    const others = packed
      .map(({ path }) => path)
      .filter((path) => !/^dist\/(?:cjs|esm)\/[\w/.-]+(?<!\.spec)\.(?:d\.ts|js)$/.test(path));
    expect(others.toSorted()).toEqual([
      'LICENSE',
      'README.md',
      'dist/cjs/package.json',
      'examples/busiest-containers.mjs',
      'examples/memory-alert.mjs',
      'package.json',
    ]);
  });

  it('has no dependencies', () => {
    const { packages } = JSON.parse(readFileSync(join(alone, 'package-lock.json'), 'utf8')) as {
      packages: object;
    };
    expect(Object.keys(packages)).toEqual(['', 'node_modules/docker-stats-client']);
  });

  it('has the version of the service', () => {
    const [{ version }, service] = [join(CLIENT, 'package.json'), 'package.json'].map(
      (path) => JSON.parse(readFileSync(path, 'utf8')) as { version: string },
    ) as [{ version: string }, { version: string }];
    expect(version).toBe(service.version);
  });

  it.each(['cjs', 'esm'])(
    'loads only its own files in the %s build: no package and no module of Node.js',
    (build) => {
      const loaded = [...findLoaded(join(CLIENT, 'dist', build, 'index.js'))];
      expect(loaded.length).toBeGreaterThan(10);
      expect(loaded.filter((file) => !file.startsWith(`${CLIENT}/dist/${build}/`))).toEqual([]);
    },
  );

  it.each(['cjs', 'esm'])('loads only @nestjs/common for its Nest module in the %s build', (build) => {
    const loaded = [...findLoaded(join(CLIENT, 'dist', build, 'nest/index.js'))];
    expect(loaded.filter((file) => !file.startsWith(`${CLIENT}/dist/${build}/`))).toEqual(['@nestjs/common']);
  });
});

const CALL = `
const client = new StatsClient({ baseUrl: 'http://x.org', apiKey: 'key', fetch: async () => Response.json([]) });
client.stats().then((containers) => console.log(JSON.stringify(containers)));
`;

describe('a program that uses docker-stats-client', () => {
  it('can import it', async () => {
    const program = `import { StatsClient } from 'docker-stats-client'; ${CALL}`;
    expect(await runProgram(alone, 'module', program)).toBe('[]\n');
  });

  it('can require it', async () => {
    const program = `const { StatsClient } = require('docker-stats-client'); ${CALL}`;
    expect(await runProgram(alone, 'commonjs', program)).toBe('[]\n');
  });

  it('can import the ES modules, as a bundler for browsers does', async () => {
    const program = `
      import { StatsClient, StatsClientError } from './node_modules/docker-stats-client/dist/esm/index.js';
      ${CALL}
    `;
    expect(await runProgram(alone, 'module', program)).toBe('[]\n');
  });

  it('can import and require the Nest module', async () => {
    const call = `console.log(StatsClientModule.forRoot({ baseUrl: 'http://x.org', apiKey: 'key' }).module.name);`;
    expect(
      await runProgram(
        withNest,
        'module',
        `import { StatsClientModule } from 'docker-stats-client/nest'; ${call}`,
      ),
    ).toBe('StatsClientModule\n');
    expect(
      await runProgram(
        withNest,
        'commonjs',
        `const { StatsClientModule } = require('docker-stats-client/nest'); ${call}`,
      ),
    ).toBe('StatsClientModule\n');
  });

  it('gets the same classes when it imports and requires the package', async () => {
    const program = `
      import { createRequire } from 'node:module';
      import { StatsClient, StatsClientError } from 'docker-stats-client';
      import { StatsClientModule } from 'docker-stats-client/nest';
      const require = createRequire(import.meta.url);
      const required = { ...require('docker-stats-client'), ...require('docker-stats-client/nest') };
      console.log(required.StatsClient === StatsClient, required.StatsClientError === StatsClientError);
      console.log(required.StatsClientModule === StatsClientModule);
      console.log(Reflect.getMetadata('exports', StatsClientModule)[0] === StatsClient);
    `;
    expect(await runProgram(withNest, 'module', program)).toBe('true true\ntrue\ntrue\n');
  });
});

/** Compiler options of other projects, and the name of the compiled file. */
const COMPILERS: readonly (readonly [how: string, file: string, options: object])[] = [
  ['as an ES module, nodenext', 'consumer.mts', { module: 'nodenext' }],
  ['as a CommonJS module, nodenext', 'consumer.cts', { module: 'nodenext' }],
  [
    'with commonjs and node10',
    'consumer.ts',
    { module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0' },
  ],
  ['with commonjs and bundler', 'consumer.ts', { module: 'commonjs', moduleResolution: 'bundler' }],
  ['with esnext and bundler', 'consumer.mts', { module: 'esnext', moduleResolution: 'bundler' }],
];

/** Uses the types of a browser, not those of Node.js. */
const COMPILER_OPTIONS = {
  strict: true,
  exactOptionalPropertyTypes: true,
  target: 'es2023',
  lib: ['es2023', 'dom'],
  types: [],
  skipDefaultLibCheck: true, // does not check the types of TypeScript itself
};

/** Compiles a file in a folder and runs it. Returns what the compiler and the program print. */
async function compileAndRun(
  cwd: string,
  [file, source]: readonly [string, string],
  options: object,
): Promise<{ compiler: string; program: string }> {
  const project = mkdtempSync(join(cwd, 'project-'));
  writeFileSync(join(project, file), source);
  const compilerOptions = { ...COMPILER_OPTIONS, ...options };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
  const tsc = resolve('node_modules/typescript/bin/tsc');
  const { stdout: compiler } = spawnSync(process.execPath, [tsc], { cwd: project, encoding: 'utf8' });
  const { stdout: program } = await run('node', [file.replace('ts', 'js')], { cwd: project });
  return { compiler, program };
}

describe('a TypeScript program that uses docker-stats-client', () => {
  it.each(COMPILERS)(
    'compiles %s, without the types of Node.js or of another package, and runs',
    async (_how, file, options) => {
      const result = await compileAndRun(alone, [file, CONSUMER], options);
      expect(result).toEqual({ compiler: '', program: 'StatsClientError []\n' });
    },
  );

  it.each(COMPILERS)('compiles %s with the Nest module, and runs', async (_how, file, options) => {
    const result = await compileAndRun(withNest, [file, NEST_CONSUMER], { ...options, skipLibCheck: true });
    expect(result).toEqual({ compiler: '', program: 'StatsClientModule\n' });
  });
});

const CONSUMER = `
import { StatsClient, StatsClientError } from 'docker-stats-client';
import type { BasicContainerStats, ContainerStats, FullStats, Readiness } from 'docker-stats-client';

export const consume = async (client: StatsClient): Promise<unknown> => {
  const basic: BasicContainerStats[] = await client.stats({ name: ['a', 'b'] });
  const full: FullStats = await client.stats({ view: 'full', maxAge: 1 });
  const one: ContainerStats = await client.container('a', { signal: AbortSignal.timeout(1000) });
  const readiness: Readiness = await client.ready();
  for await (const containers of client.watch()) console.log(containers[0]?.name);
  for await (const { sampledAt } of client.watch({ view: 'full' })) console.log(sampledAt);
  return { basic, full, one, readiness };
};
export const within = (client: StatsClient, signal?: AbortSignal, name?: string): Promise<BasicContainerStats[]> =>
  client.stats({ signal, name });
// @ts-expect-error the plain view has no ids
export const ids = async (client: StatsClient) => (await client.stats()).map(({ id }) => id);
// @ts-expect-error there is no such code
export const isOther = (error: unknown) => error instanceof StatsClientError && error.code === 'other';

const client = new StatsClient({
  baseUrl: 'http://x.org',
  apiKey: 'key',
  timeoutMs: 1000,
  fetch: () => Promise.resolve(Response.json([])),
});
void client.stats().then((containers) => console.log(StatsClientError.name, containers));
`;

const NEST_CONSUMER = `
import { StatsClient } from 'docker-stats-client';
import { StatsClientModule } from 'docker-stats-client/nest';

const options = { baseUrl: 'http://x.org', apiKey: 'key' };
export const asynchronous = StatsClientModule.forRootAsync({ useFactory: () => Promise.resolve(options) });
// @ts-expect-error a key is missing
export const incomplete = () => StatsClientModule.forRoot({ baseUrl: 'http://x.org' });
export const inject = [StatsClient];
console.log(StatsClientModule.forRoot({ ...options, isGlobal: true }).module.name);
`;
