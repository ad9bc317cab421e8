import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface LockedPackage {
  readonly version: string;
  readonly dev?: boolean;
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
  /** A workspace of this repository. */
  readonly link?: boolean;
}

/** What `package.json` says of a package; the form of before 2014 has a list. */
interface Manifest {
  readonly license?: string;
  readonly licenses?: readonly { readonly type: string }[];
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}

/** Anybody may use, change and ship what has one of these (SPDX). An expression of several is for a person to read. */
const PERMISSIVE = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unlicense',
]);

const LICENCES = 'docs/licences.md';

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** The packages of `package-lock.json`, by the folder that each is installed to; the service and the workspaces are there too. */
const { packages } = readJson('package-lock.json') as { packages: Record<string, LockedPackage> };
const locked = Object.entries(packages).filter(
  ([folder, { link = false }]) => folder.includes('node_modules/') && !link,
);
const shipped = locked
  .filter(([folder, { dev = false }]) => !dev || isCopied(folder))
  .map(([folder, entry]) => ({
    ...entry,
    name: folder.replace(/^.*node_modules\//, ''),
    licence: entry.license ?? licenceIn(folder),
  }));

/** Whether the build copies files of a package into what ships. */
function isCopied(folder: string): boolean {
  const { compilerOptions } = readJson('nest-cli.json') as { compilerOptions: { assets: string[] } };
  return compilerOptions.assets.some((path) => path.startsWith(`../${folder}/`));
}

/** For the few whose licence the lockfile does not have. */
function licenceIn(folder: string): string {
  const { license, licenses = [] } = readJson(`${folder}/package.json`) as Manifest;
  return license ?? licenses.map(({ type }) => type).join(' OR ');
}

function licencesPage(): string {
  const rows = shipped.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`);
  return [
    '# Licences of what ships',
    '',
    'The packages that the service runs with, and `swagger-ui-dist`, of which the build copies a part into `dist`.',
    '`npm run licences:fix` writes this page, and the tests compare it with `package-lock.json`.',
    '',
    '<!-- prettier-ignore -->',
    '| package | version | licence |',
    '| --- | --- | --- |',
    ...[...new Set(rows)].toSorted(),
    '',
  ].join('\n');
}

describe('what ships', () => {
  it('has permissive licences', () => {
    expect(shipped.length).toBeGreaterThan(50);
    expect(shipped.filter(({ licence }) => !PERMISSIVE.has(licence))).toEqual([]);
  });

  it(`is listed in ${LICENCES}`, async () => {
    await expect(licencesPage()).toMatchFileSnapshot(`../${LICENCES}`);
  });

  it('runs nothing when it is installed', () => {
    expect(shipped.filter(({ hasInstallScript = false }) => hasInstallScript)).toEqual([]);
  });
});

describe('what is installed', () => {
  it('is what was locked, byte for byte, and from any registry', () => {
    const loose = locked.filter(
      ([, { integrity = '', resolved }]) => !integrity.startsWith('sha512-') || resolved,
    );
    expect(loose).toEqual([]);
  });

  it('is asked for by exact versions', () => {
    const { dependencies, devDependencies } = readJson('package.json') as Manifest;
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(packages[`node_modules/${name}`]).toMatchObject({ version });
    }
  });
});
