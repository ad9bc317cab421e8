import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readUnreleased } from './changelog.mjs';
import { git } from './commands.mjs';

/** @typedef {{ readonly version?: string }} LockedPackage */
/** @typedef {{ readonly packages: Record<string, LockedPackage> }} Lockfile */

const BRANCH = 'main';

/**
 * Returns the reasons why this version cannot be released from a checkout. Empty if it can.
 *
 * @param {string} checkout
 * @param {string} version
 * @returns {Promise<string[]>}
 */
export async function findProblems(checkout, version) {
  const problems = [];
  const branch = await git(checkout, 'branch', '--show-current');
  if (branch !== BRANCH) problems.push(`The branch is "${branch}". Switch to "${BRANCH}".`);
  const changes = await git(checkout, 'status', '--porcelain');
  if (changes !== '')
    problems.push(`There are changes that are not committed. Commit or remove them:\n${changes}`);
  const tag = await git(checkout, 'tag', '--list', `v${version}`);
  if (tag !== '') problems.push(`The tag ${tag} exists. Choose another version: npm run release -- minor`);
  if (!/^- /m.test(readUnreleased(readFileSync(join(checkout, 'CHANGELOG.md'), 'utf8'))))
    problems.push('CHANGELOG.md has no entries under "Unreleased". Add them.');
  if (!isInstalled(checkout)) problems.push('node_modules does not match package-lock.json. Run npm ci.');
  return problems;
}

/**
 * Whether `node_modules` contains the packages of the lockfile: the build copies files of some of them into `dist`.
 *
 * @param {string} checkout
 * @returns {boolean}
 */
function isInstalled(checkout) {
  const path = join(checkout, 'node_modules/.package-lock.json');
  if (!existsSync(path)) return false;
  const locked = readPackages(join(checkout, 'package-lock.json'));
  return Object.entries(readPackages(path)).every(
    ([folder, { version }]) => !folder.startsWith('node_modules/') || locked[folder]?.version === version,
  );
}

/**
 * @param {string} path
 * @returns {Record<string, LockedPackage>}
 */
function readPackages(path) {
  return /** @type {Lockfile} */ (JSON.parse(readFileSync(path, 'utf8'))).packages;
}
