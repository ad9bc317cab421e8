import { formatFileSetting } from './format-file-setting.js';
import { readSmallFile } from './read-small-file.js';

/**
 * Reads the file that a setting names; `undefined` if the setting is not set.
 *
 * @throws {Error} whose message names the setting and never contains text of the file
 */
export function readFileSetting<Name extends string>(
  settings: { readonly [N in Name]?: string },
  name: Name,
): string | undefined {
  const path = settings[name];
  if (path === undefined) return undefined;
  try {
    return readSmallFile(path);
  } catch (error) {
    throw new Error(`${formatFileSetting(name, path)} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
