import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startService } from '../support/service-process.js';

const run = promisify(execFile);

/** Not a part of what a checkout is. */
const NOT_CHECKED_OUT = new Set(['node_modules', 'dist', 'coverage', '.git']);

/** Files that somebody who works here may have: all of them secrets. */
const SECRETS = [
  '.env',
  '.npmrc',
  'keys.txt',
  'tls.key',
  'config/.env',
  'config/local.env',
  'demo/.env',
  'deploy/.env',
  'deploy/prometheus/docker-stats-api.key',
];

/** What ships for people, and for the programs beside the service. */
const TO_READ = /^(?:docs\/)?[\w-]+\.md$|^deploy\/[\w/.-]+\.(?:cfg|json|yml)$|^examples\/[\w-]+\.mjs$/;

const folder = mkdtempSync(join(tmpdir(), 'package-'));
const [checkout, elsewhere, installed] = ['checkout', 'elsewhere', 'installed'].map((name) =>
  join(folder, name),
) as [string, string, string];
const BIN = join(installed, 'node_modules/.bin/docker-stats-api');
let packed: readonly { readonly path: string; readonly mode: number }[];

/** Packs a copy of this checkout, in which nothing is built, and installs that into an empty folder. */
beforeAll(async () => {
  cpSync('.', checkout, { recursive: true, filter: (path) => !NOT_CHECKED_OUT.has(relative('.', path)) });
  symlinkSync(resolve('node_modules'), join(checkout, 'node_modules'));
  for (const path of SECRETS) writeFileSync(join(checkout, path), '# a secret\n');
  for (const path of [elsewhere, installed]) mkdirSync(path);

  const pack = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: checkout });
  const [{ filename, files }] = JSON.parse(pack.stdout.slice(pack.stdout.indexOf('['))) as [
    { filename: string; files: typeof packed },
  ];
  packed = files;

  writeFileSync(join(installed, 'package.json'), '{}');
  const options = ['--omit=dev', '--prefer-offline', '--no-audit', '--no-fund'];
  await run('npm', ['install', ...options, join(folder, filename)], { cwd: installed });
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** The files of types that one needs: it and those that it imports, and so on. */
function typesBehind(path: string, known = new Set<string>()): Set<string> {
  if (known.has(path)) return known;
  known.add(path);
  for (const [, specifier = ''] of readFileSync(path, 'utf8').matchAll(/['"](\.\.?\/[^'"]+)\.js['"]/g)) {
    typesBehind(join(dirname(path), `${specifier}.d.ts`), known);
  }
  return known;
}

/** The relative links of a document, and the files that they lead to. */
function linksIn(path: string): { readonly from: string; readonly target: string }[] {
  const targets = [...readFileSync(path, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map(
    ([, target = '']) => target,
  );
  return targets
    .filter((target) => !/^(?:[a-z]+:|#)/.test(target))
    .map((target) => ({ from: path, target: join(dirname(path), target.replace(/#.*$/, '')) }));
}

describe('the package', () => {
  it('holds what runs, and nothing else', () => {
    const others = packed
      .map(({ path }) => path)
      .filter((path) => !/^dist\/[\w/.-]+(?<!\.spec)\.js$|^dist\/client\/[\w/.-]+\.d\.ts$/.test(path));
    expect(others.filter((path) => !TO_READ.test(path)).toSorted()).toEqual([
      'LICENSE',
      'config/default.env',
      'demo/docker.mjs',
      'dist/http/errors/error-code.d.ts',
      'dist/sampling/stats-sample.d.ts',
      'dist/sampling/stats-source.error.d.ts',
      'dist/stats/formats/stats-views.d.ts',
      'dist/swagger-ui-dist/LICENSE',
      'dist/swagger-ui-dist/NOTICE',
      'dist/swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt',
      'dist/swagger-ui-dist/swagger-ui.css',
      'docs/openapi.json',
      'package.json',
    ]);
  });

  it('holds what its documents link to', () => {
    const paths = new Set(packed.map(({ path }) => path));
    const links = [...paths].filter((path) => path.endsWith('.md')).flatMap((path) => linksIn(path));
    expect(links.length).toBeGreaterThan(20);
    expect(links.filter(({ target }) => !paths.has(target))).toEqual([]);
  });

  it('holds all that this checkout builds but source maps, and types that no client needs', async () => {
    const { stdout } = await run('find', [
      'dist',
      '-type',
      'f',
      '-not',
      '-name',
      '*.map',
      '-not',
      '-name',
      '*.d.ts',
    ]);
    const built = stdout.trim().split('\n');
    const paths = packed.map(({ path }) => path);
    expect(paths.filter((path) => /^dist\/.*(?<!\.d\.ts)$/.test(path)).toSorted()).toEqual(built.toSorted());
    const types = paths.filter((path) => path.endsWith('.d.ts'));
    expect(types).toEqual(expect.arrayContaining([...typesBehind('dist/client/index.d.ts')]));
    expect(types).toEqual(expect.arrayContaining([...typesBehind('dist/client/nest/index.d.ts')]));
  });

  it('is built so that a link to the checkout runs too: npm makes it a program only when it installs', () => {
    expect(statSync(join(checkout, 'dist/main.js')).mode & 0o111).toBe(0o111);
  });

  it('installs programs that can be run', () => {
    const root = join(installed, 'node_modules/docker-stats-api');
    for (const path of ['dist/main.js', 'demo/docker.mjs']) {
      expect(statSync(join(root, path)).mode & 0o111).toBe(0o111);
      expect(readFileSync(join(root, path), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    }
  });
});

describe('the installed client', () => {
  it('is imported by the name of the package', async () => {
    const program = "import { StatsClient } from 'docker-stats-api/client'; console.log(StatsClient.name)";
    const { stdout } = await run('node', ['--input-type=module', '--eval', program], { cwd: installed });
    expect(stdout).toBe('StatsClient\n');
  });
});

describe('the installed program', () => {
  it.each([
    ['--version', /^\d+\.\d+\.\d+\n$/],
    [
      '--help',
      /^Usage: docker-stats-api .*\/installed\/node_modules\/docker-stats-api\/config\/default\.env\n$/s,
    ],
    ['--print-key', /^[\w-]{32}\n$/],
  ])('answers %s, wherever it is called', async (option, answer) => {
    const { stdout, stderr } = await run(BIN, [option], { cwd: elsewhere });
    expect(stdout).toMatch(answer);
    expect(stderr).toBe('');
  });

  it('is what npx runs', async () => {
    const { stdout } = await run('npx', ['--no', '--', 'docker-stats-api', '--version'], {
      cwd: installed,
    });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('serves the demo to who copies its curl line, and stops when it is told to', async () => {
    const service = startService({}, '/bin/sh', ['-c', `cd ${elsewhere}; exec ${BIN} --demo --port 0`]);
    const [, key = '', url = ''] = await service.says(/curl -H 'X-API-Key: (\S+)' (http:\S+)\n/);
    const answer = await fetch(url, { headers: { 'X-API-Key': key } });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toHaveLength(6);
    for (const path of ['/docs', '/docs-json', '/docs/swagger-ui-bundle.js', '/docs/swagger-ui.css']) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other will do
      expect((await fetch(new URL(path, url))).status).toBe(200);
    }
    service.kill('SIGTERM');
    expect(await service.exitCode).toBe(0);
  });
});
