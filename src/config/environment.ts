import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { readSmallFile } from './files/read-small-file.js';
import { InvalidSettingsError } from './invalid-settings.error.js';

/** Variables by their names. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** What the settings are read from. */
export interface Environment {
  readonly variables: Variables;
  /** The path of the `.env` file that some of them come from, if there is one. */
  readonly file?: string;
}

/**
 * Reads the environment of this process and the `.env` file of its working directory. Options of the command line come before the
 * environment, and the environment before the file: an empty variable too.
 *
 * @throws {InvalidSettingsError} when the file cannot be read
 */
export function readEnvironment(options: Variables): Environment {
  return withEnvFile({ ...process.env, ...options }, '.');
}

/**
 * Variables, and those that only the `.env` file of a folder has. A folder with the name `.env` is not read: Python's virtual
 * environments have that name.
 *
 * @throws {InvalidSettingsError} when the file cannot be read
 */
export function withEnvFile(variables: Variables, folder: string): Environment {
  const file = resolve(folder, '.env');
  try {
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory() !== false) return { variables };
    const given = Object.entries(variables).filter(([, value]) => value !== undefined);
    return { variables: { ...parseEnv(readSmallFile(file)), ...Object.fromEntries(given) }, file };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new InvalidSettingsError([`${file} cannot be read: ${code ?? message}`]);
  }
}
