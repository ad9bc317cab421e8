import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Manifest
 * @property {string} [name]
 * @property {string} [version]
 * @property {unknown} [workspaces]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [optionalDependencies]
 * @property {boolean} [dev]
 * @property {boolean} [link]
 */

/** What builds the page, and is not in it. */
const PAGE_TOOLS = new Set(['vite']);

/**
 * Returns the versions of the development dependencies that ship, because the build copies their files into `dist` or puts
 * their code into the page.
 *
 * @param {string} checkout
 * @returns {Record<string, string>}
 */
export function findBundledPackages(checkout) {
  const lock = /** @type {{ packages: Record<string, Manifest> }} */ (
    readJson(checkout, 'package-lock.json')
  );
  const names = [...findCopiedPackages(checkout), ...findPackagesOfPage(lock.packages)];
  return Object.fromEntries(
    names.map((name) => [name, lock.packages[`node_modules/${name}`]?.version ?? '']),
  );
}

/**
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
 * Returns the packages that the page imports, and their dependencies.
 *
 * @param {Record<string, Manifest>} packages
 * @returns {string[]}
 */
function findPackagesOfPage(packages) {
  const names = new Set(Object.keys(packages['page']?.devDependencies ?? {}));
  for (const name of names) {
    const { link = false, dependencies = {} } = packages[`node_modules/${name}`] ?? {};
    if (link || PAGE_TOOLS.has(name)) names.delete(name);
    else for (const dependency of Object.keys(dependencies)) names.add(dependency);
  }
  return [...names];
}

/**
 * @param {string} folder
 * @param {string} name
 * @returns {unknown}
 */
export function readJson(folder, name) {
  return JSON.parse(readFileSync(join(folder, name), 'utf8'));
}
