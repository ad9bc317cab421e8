import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBundledPackages, readJson } from './bundled-packages.mjs';
import { run } from './commands.mjs';

/** @typedef {import('./bundled-packages.mjs').Manifest} Manifest */

/**
 * Writes the bill of materials (CycloneDX) of the service: its production dependencies, and the packages of which the build
 * puts files or code into `dist`.
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
    const bundled = findBundledPackages(checkout);
    const project = join(folder, manifest.name ?? ''); // npm names the root component after its folder
    mkdirSync(project);
    writeJson(project, 'package.json', removeDevelopment(manifest, bundled));
    writeJson(project, 'package-lock.json', { ...lock, packages: prunePackages(lock.packages, bundled) });
    const options = ['--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only'];
    writeFileSync(path, `${await run(project, 'npm', 'sbom', ...options)}\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * @param {Manifest} manifest
 * @param {Readonly<Record<string, string>>} bundled
 * @returns {Manifest}
 */
function removeDevelopment(manifest, bundled) {
  const { devDependencies: _devDependencies, workspaces: _workspaces, ...rest } = manifest;
  return { ...rest, dependencies: { ...rest.dependencies, ...bundled } };
}

/**
 * @param {Record<string, Manifest>} packages
 * @param {Readonly<Record<string, string>>} bundled
 * @returns {Record<string, Manifest>}
 */
function prunePackages(packages, bundled) {
  /** @type {[string, Manifest][]} */
  const kept = Object.entries(packages).flatMap(([folder, entry]) => {
    if (folder === '') return [[folder, removeDevelopment(entry, bundled)]];
    if (!folder.startsWith('node_modules/') || entry.link) return [];
    if (!entry.dev) return [[folder, entry]];
    // A dependency of this package is in the list itself, or nothing of it ships.
    const { dependencies: _dependencies, dev: _dev, ...rest } = entry;
    return folder.slice('node_modules/'.length) in bundled ? [[folder, rest]] : [];
  });
  return Object.fromEntries(kept);
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {unknown} content
 */
function writeJson(folder, name, content) {
  writeFileSync(join(folder, name), JSON.stringify(content, null, 2));
}
