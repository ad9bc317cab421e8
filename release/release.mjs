#!/usr/bin/env node
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildArtifacts } from './artifacts.mjs';
import { releaseUnreleased } from './changelog.mjs';
import { findProblems } from './checks.mjs';
import { git, ReleaseError } from './commands.mjs';
import { buildImage, listImageTags } from './image.mjs';
import { chooseVersion, edit, findVersion, readVersion, setVersion } from './versions.mjs';

const HELP = `Usage: npm run release -- [VERSION | major | minor | patch] [OPTIONS]

Creates the commit and the tag of a release, and builds its files in artifacts/. Without a version, releases the version
in package.json.

  --dry-run      do everything in a temporary copy, print the result, and change nothing
  --image NAME   name of the image (default: docker-stats-api)
`;

/**
 * Creates a copy of a checkout in which a release can fail without a trace.
 *
 * @param {string} checkout
 * @param {string} folder
 * @returns {Promise<string>}
 */
async function cloneCheckout(checkout, folder) {
  const copy = join(folder, 'docker-stats-api');
  await git(folder, 'clone', '--quiet', '--no-tags', checkout, copy);
  symlinkSync(join(checkout, 'node_modules'), join(copy, 'node_modules'));
  await git(copy, 'config', 'user.name', await git(checkout, 'config', 'user.name'));
  await git(copy, 'config', 'user.email', await git(checkout, 'config', 'user.email'));
  return copy;
}

/**
 * Commits and tags a version.
 *
 * @param {string} copy
 * @param {string} current
 * @param {string} version
 */
async function commitVersion(copy, current, version) {
  await setVersion(copy, current, version);
  const date = new Date().toISOString().slice(0, 10);
  edit(copy, 'CHANGELOG.md', (text) => releaseUnreleased(text, version, date));
  await git(copy, 'commit', '--quiet', '--all', '--message', `chore: release ${version}`);
  await git(copy, 'tag', '--annotate', `v${version}`, '--message', `docker-stats-api ${version}`);
}

/**
 * @param {string} checkout
 * @param {string} version
 */
async function check(checkout, version) {
  const problems = await findProblems(checkout, version);
  if (problems.length > 0) throw new ReleaseError([`Cannot release ${version}:`, ...problems].join('\n- '));
}

async function main() {
  const { values, positionals } = parseArgs({
    options: {
      'dry-run': { type: 'boolean', default: false },
      image: { type: 'string', default: 'docker-stats-api' },
      help: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  if (values.help) return console.log(HELP);
  const isDryRun = values['dry-run'];
  const checkout = resolve(import.meta.dirname, '..');
  const current = readVersion(checkout);
  const version = chooseVersion(current, positionals[0]);
  await check(checkout, version);

  const folder = mkdtempSync(join(tmpdir(), 'release-'));
  try {
    const copy = await cloneCheckout(checkout, folder);
    await commitVersion(copy, current, version);
    console.log(`Version ${current} → ${version}, tag v${version}`);
    console.log(await git(copy, 'show', '--stat', '--format=Commit: %s', 'HEAD'));
    if (current !== version) {
      const lines = await findVersion(copy, current);
      if (lines.length > 0) console.log([`\nStill ${current} (check these lines):`, ...lines].join('\n  '));
    }

    const output = join(folder, 'artifacts');
    const artifacts = await buildArtifacts(copy, output);
    const files = artifacts.map(
      ({ name, bytes }) => `${String(Math.ceil(bytes / 1024)).padStart(6)} KiB  ${name}`,
    );
    console.log(['\nFiles:', ...files].join('\n  '));
    const tags = listImageTags(values.image, version);
    console.log(['\nImage tags:', ...tags].join('\n  '));
    if (isDryRun) return console.log('\nDry run: nothing was changed.');

    const problem = await buildImage(copy, tags);
    console.log(problem === undefined ? '\nThe image is built.' : `\nThe image is not built: ${problem}.`);
    // Last, so that a failure leaves no commit and no tag.
    cpSync(output, join(checkout, 'artifacts'), { recursive: true });
    await git(checkout, 'fetch', '--quiet', copy, `refs/tags/v${version}:refs/tags/v${version}`);
    await git(checkout, 'merge', '--quiet', '--ff-only', `v${version}`);
    console.log(`\nThe files are in artifacts/. To publish: git push --follow-tags origin main`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

main().catch((/** @type {unknown} */ error) => {
  console.error(error instanceof ReleaseError ? error.message : error);
  process.exitCode = 1;
});
