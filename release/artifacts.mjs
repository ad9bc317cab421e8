import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run } from './commands.mjs';
import { writeSbom } from './sbom.mjs';
import { readVersion } from './versions.mjs';

/** @typedef {{ readonly name: string, readonly bytes: number }} Artifact */

/**
 * Builds the files of a release from a checkout: both packages, the bill of materials and the checksums.
 *
 * @param {string} checkout
 * @param {string} folder
 * @returns {Promise<Artifact[]>}
 */
export async function buildArtifacts(checkout, folder) {
  mkdirSync(folder, { recursive: true });
  const version = readVersion(checkout);
  // One call for each package: the build of the service also builds the client.
  await run(checkout, 'npm', 'pack', '--pack-destination', resolve(folder));
  await run(checkout, 'npm', 'pack', '--pack-destination', resolve(folder), '--workspace', 'client');
  const sbom = `docker-stats-api-${version}.cdx.json`;
  await writeSbom(checkout, join(folder, sbom));

  const names = [`docker-stats-api-${version}.tgz`, `docker-stats-client-${version}.tgz`, sbom];
  const sums = names.map((name) => `${sha256(join(folder, name))}  ${name}\n`);
  writeFileSync(join(folder, 'SHA256SUMS'), sums.join(''));
  return [...names, 'SHA256SUMS'].map((name) => ({ name, bytes: statSync(join(folder, name)).size }));
}

/**
 * @param {string} path
 * @returns {string}
 */
function sha256(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
