import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './commands.mjs';

/**
 * @typedef {object} Manifest
 * @property {string} [name]
 * @property {unknown} [workspaces]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [optionalDependencies]
 * @property {boolean} [dev]
 * @property {boolean} [link]
 */

/**
 * Writes the bill of materials (CycloneDX) of the service: its production dependencies, and the packages whose files the
 * build copies into `dist`.
 *
 * `npm sbom --omit dev` leaves out production dependencies that a development dependency also needs (npm 11). So this runs
 * `npm sbom` on a manifest and a lockfile without development dependencies.
 *
 * @param {string} checkout
 * @param {string} path
 */
export async function writeSbom(checkout, path) {
  const folder = mkdtempSync(join(tmpdir(), 'sbom-'));
  try {
    const manifest = /** @type {Manifest} */ (readJson(checkout, 'package.json'));
    const lock = /** @type {{ packages: Record<string, Manifest> }} */ (
      readJson(checkout, 'package-lock.json')
    );
    const copied = findCopiedPackages(checkout);
    const project = join(folder, manifest.name ?? ''); // npm names the root component after its folder
    mkdirSync(project);
    writeJson(project, 'package.json', removeDevelopment(manifest, copied));
    writeJson(project, 'package-lock.json', { ...lock, packages: prunePackages(lock.packages, copied) });
    const options = ['--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only'];
    writeFileSync(path, `${await run(project, 'npm', 'sbom', ...options)}\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Returns the names of the packages whose files the build copies.
 *
 * @param {string} checkout
 * @returns {string[]}
 */
function findCopiedPackages(checkout) {
  const { compilerOptions } = /** @type {{ compilerOptions: { assets: string[] } }} */ (
    readJson(checkout, 'nest-cli.json')
  );
  const names = compilerOptions.assets.map(
    (path) => /^\.\.\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1],
  );
  return [...new Set(names)].filter((name) => name !== undefined);
}

/**
 * @param {Manifest} manifest
 * @param {readonly string[]} copied
 * @returns {Manifest}
 */
function removeDevelopment(manifest, copied) {
  const { devDependencies = {}, workspaces: _workspaces, ...rest } = manifest;
  /** @type {[string, string][]} */
  const kept = copied.map((name) => [name, devDependencies[name] ?? rest.dependencies?.[name] ?? '']);
  return { ...rest, dependencies: { ...rest.dependencies, ...Object.fromEntries(kept) } };
}

/**
 * @param {Record<string, Manifest>} packages
 * @param {readonly string[]} copied
 * @returns {Record<string, Manifest>}
 */
function prunePackages(packages, copied) {
  /** @type {[string, Manifest][]} */
  const kept = Object.entries(packages).flatMap(([folder, entry]) => {
    if (folder === '') return [[folder, removeDevelopment(entry, copied)]];
    if (!folder.startsWith('node_modules/') || entry.link) return [];
    if (!entry.dev) return [[folder, entry]];
    // Only files of this package are copied, nothing of its dependencies.
    const { dependencies: _dependencies, dev: _dev, ...rest } = entry;
    return copied.includes(folder.slice('node_modules/'.length)) ? [[folder, rest]] : [];
  });
  return Object.fromEntries(kept);
}

/**
 * @param {string} folder
 * @param {string} name
 * @returns {unknown}
 */
function readJson(folder, name) {
  return JSON.parse(readFileSync(join(folder, name), 'utf8'));
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {unknown} content
 */
function writeJson(folder, name, content) {
  writeFileSync(join(folder, name), JSON.stringify(content, null, 2));
}
