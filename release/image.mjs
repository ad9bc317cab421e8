import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './commands.mjs';

/**
 * Returns the tags of the image of a version. Versions before 1.0 have no tag of the major version, because each minor version
 * may break clients.
 *
 * @param {string} image Such as `ghcr.io/owner/docker-stats-api`
 * @param {string} version
 * @returns {string[]}
 */
export function listImageTags(image, version) {
  const [major, minor] = version.split('.');
  const tags = [version, `${major}.${minor}`, ...(major === '0' ? [] : [`${major}`]), 'latest'];
  return tags.map((tag) => `${image}:${tag}`);
}

/**
 * Builds the image of a checkout. Returns why it could not, or `undefined`.
 *
 * @param {string} checkout
 * @param {readonly string[]} tags
 * @returns {Promise<string | undefined>}
 */
export async function buildImage(checkout, tags) {
  if (!existsSync(join(checkout, 'Dockerfile'))) return 'there is no Dockerfile';
  const isReachable = await run(checkout, 'docker', 'version').then(
    () => true,
    () => false,
  );
  if (!isReachable) return 'docker is not available';
  await run(checkout, 'docker', 'build', ...tags.flatMap((tag) => ['--tag', tag]), '.');
  return undefined;
}
