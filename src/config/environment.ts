import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { readSmallFile } from './files/read-small-file.js';
import { InvalidSettingsError } from './invalid-settings.error.js';

/** Environment variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The variables from which the settings are read. */
export interface Environment {
  readonly variables: Variables;
  /** The path of the `.env` file, if there is one. */
  readonly file?: string;
}

/**
 * Reads the environment of this process and the `.env` file in its working directory. Command-line options override the
 * environment, and the environment overrides the file, even with an empty variable.
 *
 * @throws {InvalidSettingsError} when the file cannot be read
 */
export function readEnvironment(options: Variables): Environment {
  return addEnvFile({ ...process.env, ...options }, '.');
}

/**
 * Adds the variables of a folder's `.env` file that are not in `variables`. A folder named `.env` is ignored: it may be a
 * virtual environment of Python.
 *
 * @throws {InvalidSettingsError} when the file cannot be read
 */
export function addEnvFile(variables: Variables, folder: string): Environment {
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
