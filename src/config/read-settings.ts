import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { configuredApiKeys } from './api-keys/configured-api-keys.js';
import { readDefaults } from './files/defaults-file.js';
import type { Variables } from './environment.js';
import { InvalidSettingsError } from './invalid-settings.error.js';
import { misspelledSettings } from './misspelled-settings.js';
import { Settings } from './settings.js';
import { readTlsFiles } from './files/tls-files.js';

/**
 * Reads the settings from an environment, over the defaults of `config/default.env`; an empty variable is unset.
 *
 * @throws {InvalidSettingsError} with every fault at once
 */
export function readSettings(env: Variables): Settings {
  const values: Record<string, string | undefined> = {};
  for (const [name, fallback] of Object.entries(readDefaults()))
    values[name] = env[name] || fallback || undefined;
  const settings = Object.assign(plainToInstance(Settings, values), {
    environment: Object.freeze({ ...env }),
  });
  const faults = [
    ...ruleFaults(settings),
    ...configuredApiKeys(settings).faults,
    ...relationFaults(settings),
    ...tlsFaults(settings),
  ];
  if (faults.length > 0) throw new InvalidSettingsError([...faults, ...misspelledSettings(env)]);
  return Object.freeze(settings);
}

function ruleFaults(settings: Settings): string[] {
  return validateSync(settings).flatMap((error) => [...new Set(Object.values(error.constraints ?? {}))]);
}

/** What the settings must be to one another. */
function relationFaults(settings: Settings): string[] {
  const { isProduction, DEMO, STATS_INTERVAL_MS, STATS_MAX_AGE_MS } = settings;
  const faults = [];
  if (isProduction && DEMO) faults.push('DEMO must be false when NODE_ENV is production');
  if (STATS_MAX_AGE_MS < STATS_INTERVAL_MS) {
    faults.push(
      'STATS_MAX_AGE_MS must be at least STATS_INTERVAL_MS: else no sample lasts until the next one',
    );
  }
  return faults;
}

function tlsFaults(settings: Settings): string[] {
  const { TLS_CERT_FILE, TLS_KEY_FILE, TLS_CLIENT_CA_FILE } = settings;
  if ((TLS_CERT_FILE === undefined) !== (TLS_KEY_FILE === undefined)) {
    return ['TLS_CERT_FILE and TLS_KEY_FILE must be set together'];
  }
  if (TLS_CERT_FILE === undefined && TLS_CLIENT_CA_FILE !== undefined) {
    return ['TLS_CLIENT_CA_FILE must be set with TLS_CERT_FILE and TLS_KEY_FILE only'];
  }
  try {
    readTlsFiles(settings);
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}
