import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBundledPackages } from '../../release/bundled-packages.mjs';
import { copyCheckout, install, pack, type PackedPackage } from '../support/files/checkout.js';
import { startService } from '../support/service/service-process.js';

const run = promisify(execFile);

/** Files with secrets that a developer's checkout may contain. */
const SECRETS = [
  '.env',
  '.npmrc',
  'keys.txt',
  'tls.key',
  'config/.env',
  'config/local.env',
  'demo/.env',
  'deploy/.env',
  'deploy/compose/.env',
  'deploy/compose/secrets/api_keys',
  'deploy/swarm/api_keys',
  'deploy/prometheus/docker-stats-api.key',
  'deploy/kubernetes/keys.txt',
];

/** Documentation, and the configuration files for Kubernetes, systemd, Prometheus, Grafana and others. */
const DOCUMENTS =
  /^(?:client\/|docs\/(?:deploy\/)?)?[\w-]+\.md$|^deploy\/[\w/.-]+\.(?:cfg|conf|env|json|md|service|ya?ml)$/;

const folder = mkdtempSync(join(tmpdir(), 'package-'));
const [checkout, elsewhere, installed] = ['checkout', 'elsewhere', 'installed'].map((name) =>
  join(folder, name),
) as [string, string, string];
const BIN = join(installed, 'node_modules/.bin/docker-stats-api');
let packed: PackedPackage['files'];

/** Packs a copy of this checkout without build output, and installs the package into an empty folder. */
beforeAll(async () => {
  copyCheckout(checkout);
  mkdirSync(join(checkout, 'deploy/compose/secrets'));
  for (const path of SECRETS) writeFileSync(join(checkout, path), '# a secret\n');
  for (const path of [elsewhere, installed]) mkdirSync(path);
  writeFileSync(join(installed, 'package.json'), '{}');

  const { tarball, files } = await pack(checkout, folder);
  packed = files;
  await install(tarball, installed);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Finds the relative links of a document. `target` is a path in the package. */
function findLinks(path: string): { readonly from: string; readonly target: string }[] {
  const targets = [...readFileSync(path, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map(
    ([, target = '']) => target,
  );
  return targets
    .filter((target) => !/^(?:[a-z]+:|#)/.test(target))
    .map((target) => ({ from: path, target: join(dirname(path), target.replace(/#.*$/, '')) }));
}

describe('the package', () => {
  it('contains the built service and its documentation, and no other files', () => {
    const others = packed
      .map(({ path }) => path)
      .filter((path) => !/^dist\/[\w/.-]+(?<!\.spec)\.js$/.test(path))
      .map((path) => path.replace(/-[\w-]{8}(?=\.(?:css|svg)$)/, '-HASH'));
    expect(others.filter((path) => !DOCUMENTS.test(path)).toSorted()).toEqual([
      'LICENSE',
      'config/default.env',
      'config/prometheus.env',
      'demo/docker.mjs',
      'deploy/ssh/ssh',
      'dist/public/LICENSES.md',
      'dist/public/assets/container-view-HASH.css',
      'dist/public/assets/icon-HASH.svg',
      'dist/public/assets/index-HASH.css',
      'dist/public/index.html',
      'dist/swagger-ui-dist/LICENSE',
      'dist/swagger-ui-dist/NOTICE',
      'dist/swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt',
      'dist/swagger-ui-dist/swagger-ui.css',
      'docs/images/page-dark.png',
      'docs/images/page-light.png',
      'docs/openapi.json',
      'docs/sampling.svg',
      'docs/terminal.svg',
      'package.json',
    ]);
  });

  it('contains every file that its documents link to', () => {
    const paths = new Set(packed.map(({ path }) => path));
    const links = [...paths].filter((path) => path.endsWith('.md')).flatMap((path) => findLinks(path));
    expect(links.length).toBeGreaterThan(20);
    expect(links.filter(({ target }) => !paths.has(target))).toEqual([]);
  });

  it('contains everything that the build creates except source maps', async () => {
    const { stdout } = await run('find', ['dist', '-type', 'f', '-not', '-name', '*.map']);
    const built = stdout.trim().split('\n');
    const paths = packed.map(({ path }) => path);
    expect(paths.filter((path) => path.startsWith('dist/')).toSorted()).toEqual(built.toSorted());
  });

  it('contains the licences of exactly those packages that are listed as packages in the page', () => {
    const text = readFileSync(join(checkout, 'dist/public/LICENSES.md'), 'utf8');
    const inPage = [...text.matchAll(/^## (\S+) - (\S+) \(/gm)].map(([, name, version]) => [name, version]);
    const { 'swagger-ui-dist': _copied, ...listed } = findBundledPackages(checkout);
    expect(Object.fromEntries(inPage)).toEqual(listed);
  });

  it('runs without the client and the packages of the page', () => {
    const packages = readdirSync(join(installed, 'node_modules'));
    expect(packages).toContain('docker-stats-api');
    for (const name of ['docker-stats-client', 'docker-stats-page', 'preact', 'uplot'])
      expect(packages).not.toContain(name);
  });

  it('is executable after a build, so that a linked checkout works (npm sets the mode only when it installs)', () => {
    expect(statSync(join(checkout, 'dist/main.js')).mode & 0o111).toBe(0o111);
  });

  it('installs executable programs', () => {
    const root = join(installed, 'node_modules/docker-stats-api');
    for (const path of ['dist/main.js', 'demo/docker.mjs']) {
      expect(statSync(join(root, path)).mode & 0o111).toBe(0o111);
      expect(readFileSync(join(root, path), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    }
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
  ])('supports %s in any working directory', async (option, output) => {
    const { stdout, stderr } = await run(BIN, [option], { cwd: elsewhere });
    expect(stdout).toMatch(output);
    expect(stderr).toBe('');
  });

  it('can be run with npx', async () => {
    const { stdout } = await run('npx', ['--no', '--', 'docker-stats-api', '--version'], {
      cwd: installed,
    });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('serves the demo to the printed curl command, serves the page and /docs, and stops on SIGTERM', async () => {
    const service = startService({}, '/bin/sh', ['-c', `cd ${elsewhere}; exec ${BIN} --demo --port 0`]);
    const [, key = '', url = ''] = await service.waitForOutput(/curl -H 'X-API-Key: (\S+)' (http:\S+)\n/);
    const response = await fetch(url, { headers: { 'X-API-Key': key } });
    expect(response.status).toBe(200);
    expect(await response.json()).toHaveLength(6);
    for (const path of ['/', '/docs', '/docs-json', '/docs/swagger-ui-bundle.js', '/docs/swagger-ui.css']) {
      // oxlint-disable-next-line no-await-in-loop -- five requests need not be concurrent
      expect((await fetch(new URL(path, url))).status).toBe(200);
    }
    service.kill('SIGTERM');
    expect(await service.exitCode).toBe(0);
  });
});
