import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { git, ReleaseError } from './commands.mjs';

/** @typedef {{ version: string }} Versioned */

/** Files whose text can contain the version in the name of a package or an image. */
const TEXT_FILES = ['*.md', '*.yaml', '*.yml', '*.env', 'Dockerfile', '*/Dockerfile'];

/** Files that keep the versions of earlier releases, or list versions of other packages. */
const EXCLUDED_FILES = [':!CHANGELOG.md', ':!docs/licences.md', ':!test/'];

/**
 * Returns the version in the package.json of a checkout.
 *
 * @param {string} checkout
 * @returns {string}
 */
export function readVersion(checkout) {
  const manifest = /** @type {Versioned} */ (
    JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'))
  );
  return manifest.version;
}

/**
 * Returns the version that an argument of the command line means.
 *
 * @param {string} current
 * @param {string | undefined} wanted A version, `major`, `minor` or `patch`; by default the current version
 * @returns {string}
 */
export function chooseVersion(current, wanted = current) {
  const [major = 0, minor = 0, patch = 0] = parseVersion(current);
  switch (wanted) {
    case 'major':
      return `${major + 1}.0.0`;
    case 'minor':
      return `${major}.${minor + 1}.0`;
    case 'patch':
      return `${major}.${minor}.${patch + 1}`;
    default:
      if (compare(parseVersion(wanted), [major, minor, patch]) < 0)
        throw new ReleaseError(`The version ${wanted} is lower than the current version, ${current}.`);
      return wanted;
  }
}

/**
 * @param {string} version
 * @returns {number[]}
 */
function parseVersion(version) {
  if (!/^(?:(?:0|[1-9]\d*)(?:\.(?!$)|$)){3}$/.test(version))
    throw new ReleaseError(
      `"${version}" is not a version; use major, minor, patch or a version such as 1.2.3.`,
    );
  return version.split('.').map(Number);
}

/**
 * @param {readonly number[]} a
 * @param {readonly number[]} b
 * @returns {number}
 */
function compare(a, b) {
  return a.map((part, index) => part - (b[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

/**
 * Sets the version in every file of a checkout that contains it.
 *
 * @param {string} checkout
 * @param {string} current
 * @param {string} version
 */
export async function setVersion(checkout, current, version) {
  for (const path of ['package.json', 'client/package.json', 'page/package.json']) {
    editJson(checkout, path, (/** @type {Versioned} */ manifest) => (manifest.version = version));
  }
  editJson(
    checkout,
    'package-lock.json',
    (/** @type {Versioned & { packages: Record<string, Versioned> }} */ lock) => {
      for (const entry of [lock, ...['', 'client', 'page'].map((folder) => lock.packages[folder])])
        if (entry) entry.version = version;
    },
  );
  editJson(
    checkout,
    'docs/openapi.json',
    (/** @type {{ info: Versioned }} */ { info }) => (info.version = version),
  );
  const listed = await git(checkout, 'ls-files', '--', ...TEXT_FILES, ...EXCLUDED_FILES);
  const name = new RegExp(
    `\\b(docker-stats-(?:api|client)[-:@])${current.replaceAll('.', '\\.')}(?![\\d])`,
    'g',
  );
  for (const path of listed.split('\n')) edit(checkout, path, (text) => text.replace(name, `$1${version}`));
}

/**
 * Lists the lines that still contain a version, as `file:line:text`. A person must decide whether they are right.
 *
 * @param {string} checkout
 * @param {string} version
 * @returns {Promise<string[]>}
 */
export async function findVersion(checkout, version) {
  const pattern = `(^|[^0-9.])${version.replaceAll('.', '\\.')}($|[^0-9.])`;
  const search = [
    'grep',
    '--line-number',
    '--extended-regexp',
    pattern,
    '--',
    '.',
    ':!package-lock.json',
    ...EXCLUDED_FILES,
  ];
  const found = await git(checkout, ...search).catch(() => ''); // git grep fails if it finds nothing
  return found === '' ? [] : found.split('\n');
}

/**
 * @param {string} checkout
 * @param {string} path
 * @param {(text: string) => string} change
 */
export function edit(checkout, path, change) {
  const file = join(checkout, path);
  const text = readFileSync(file, 'utf8');
  const changed = change(text);
  if (changed !== text) writeFileSync(file, changed);
}

/**
 * Changes a JSON file that is formatted as npm formats it.
 *
 * @template Content
 * @param {string} checkout
 * @param {string} path
 * @param {(content: Content) => unknown} change
 */
function editJson(checkout, path, change) {
  edit(checkout, path, (text) => {
    const content = /** @type {Content} */ (JSON.parse(text));
    change(content);
    return `${JSON.stringify(content, null, 2)}\n`;
  });
}
