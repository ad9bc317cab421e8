import { InvalidSettingsError } from '../../../src/config/invalid-settings.error.js';
import { readSettings } from '../../../src/config/read-settings.js';

/** Returns the errors in the settings of an environment. */
export function findInvalidSettings(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readSettings(env);
    return [];
  } catch (error) {
    if (error instanceof InvalidSettingsError) return error.problems;
    throw error;
  }
}
