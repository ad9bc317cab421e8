#!/usr/bin/env node
// Checks the tag of a release. Writes its notes to a file, and prints the variables that .github/workflows/release.yml needs.
// Usage: describe-release.mjs TAG IMAGE NOTES_FILE
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readSection } from './changelog.mjs';
import { listImageTags } from './image.mjs';
import { readVersion } from './versions.mjs';

const [tag = '', image = '', notesFile = ''] = process.argv.slice(2);
const checkout = resolve(import.meta.dirname, '..');
const version = readVersion(checkout);
const notes = readSection(readFileSync(resolve(checkout, 'CHANGELOG.md'), 'utf8'), `## ${version}`);
if (tag !== `v${version}`) {
  console.error(`The tag ${tag} is not v${version}, the version in package.json.`);
  process.exitCode = 1;
} else if (notes === '') {
  console.error(`CHANGELOG.md has no section "## ${version}".`);
  process.exitCode = 1;
} else {
  writeFileSync(notesFile, `${notes}\n`);
  const name = image.toLowerCase(); // a registry refuses capital letters, which a GitHub owner can have
  console.log(
    [`version=${version}`, `image=${name}`, 'tags<<END', ...listImageTags(name, version), 'END'].join('\n'),
  );
}
