import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { InvalidSettingsError } from '../invalid-settings.error.js';
import { readSmallFile } from './read-small-file.js';

/**
 * Adds what the `.env` file of a folder says to an environment, which goes first: also with an empty variable.
 *
 * @returns the path of the file, if there is one; a folder of that name is none (Python has such)
 * @throws {InvalidSettingsError} when it cannot be read
 */
export function addEnvFile(env: NodeJS.ProcessEnv, folder = '.'): string | undefined {
  const path = resolve(folder, '.env');
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== false) return undefined;
    for (const [name, value] of Object.entries(parseEnv(readSmallFile(path)))) env[name] ??= value;
    return path;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new InvalidSettingsError([`${path} cannot be read: ${code ?? message}`]);
  }
}
