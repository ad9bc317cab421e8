import { InvalidSettingsError } from '../../src/config/invalid-settings.error.js';
import { readSettings } from '../../src/config/read-settings.js';

/** What is wrong with the settings of an environment. */
export function faultsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readSettings(env);
    return [];
  } catch (error) {
    if (error instanceof InvalidSettingsError) return error.faults;
    throw error;
  }
}
