import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { readApiKeys } from './api-keys/read-api-keys.js';
import { readDefaults } from './files/defaults-file.js';
import type { Variables } from './environment.js';
import { InvalidSettingsError } from './invalid-settings.error.js';
import { findMisspelledSettings } from './misspelled-settings.js';
import { Settings } from './settings.js';
import { readAuthorization, readCa } from './files/prometheus-files.js';
import { readTlsFiles } from './files/tls-files.js';

/**
 * Reads the settings from environment variables. A variable that is empty or missing gets its default from
 * `config/default.env`, or from `config/prometheus.env` if that is the source of the figures.
 *
 * @throws {InvalidSettingsError} that lists every invalid setting
 */
export function readSettings(env: Variables): Settings {
  const values: Record<string, string | undefined> = {};
  for (const [name, fallback] of Object.entries(readDefaults(env['STATS_SOURCE'])))
    values[name] = env[name] || fallback || undefined;
  const settings = Object.assign(plainToInstance(Settings, values), {
    environment: Object.freeze({ ...env }),
  });
  const problems = [
    ...checkRules(settings),
    ...readApiKeys(settings).problems,
    ...checkCombinations(settings),
    ...checkTls(settings),
    ...checkPrometheus(settings),
  ];
  if (problems.length > 0) throw new InvalidSettingsError([...problems, ...findMisspelledSettings(env)]);
  return Object.freeze(settings);
}

function checkRules(settings: Settings): string[] {
  return validateSync(settings).flatMap((error) => [...new Set(Object.values(error.constraints ?? {}))]);
}

/** Checks the rules that involve more than one setting. */
function checkCombinations(settings: Settings): string[] {
  const { isProduction, DEMO, STATS_INTERVAL_MS, STATS_MAX_AGE_MS } = settings;
  const problems = [];
  if (isProduction && DEMO) problems.push('DEMO must be false when NODE_ENV is production');
  if (STATS_MAX_AGE_MS < STATS_INTERVAL_MS) {
    problems.push(
      'STATS_MAX_AGE_MS must be at least STATS_INTERVAL_MS; otherwise samples become stale before the next one is taken',
    );
  }
  return problems;
}

function checkPrometheus(settings: Settings): string[] {
  if (settings.STATS_SOURCE !== 'prometheus') return [];
  const problems = [];
  if (settings.PROMETHEUS_URL === undefined)
    problems.push('PROMETHEUS_URL is required when STATS_SOURCE is prometheus');
  if (settings.DOCKER_HOSTS.length > 0)
    problems.push('DOCKER_HOSTS must be empty when STATS_SOURCE is prometheus');
  if (settings.DEMO) problems.push('DEMO must be false when STATS_SOURCE is prometheus');
  const { PROMETHEUS_BEARER_TOKEN_FILE, PROMETHEUS_BASIC_AUTH_FILE } = settings;
  if (PROMETHEUS_BEARER_TOKEN_FILE !== undefined && PROMETHEUS_BASIC_AUTH_FILE !== undefined) {
    problems.push('PROMETHEUS_BEARER_TOKEN_FILE and PROMETHEUS_BASIC_AUTH_FILE must not be set together');
  }
  for (const read of [readAuthorization, readCa]) {
    try {
      read(settings);
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  return problems;
}

function checkTls(settings: Settings): string[] {
  const { TLS_CERT_FILE, TLS_KEY_FILE, TLS_CLIENT_CA_FILE } = settings;
  if ((TLS_CERT_FILE === undefined) !== (TLS_KEY_FILE === undefined)) {
    return ['TLS_CERT_FILE and TLS_KEY_FILE must be set together'];
  }
  if (TLS_CERT_FILE === undefined && TLS_CLIENT_CA_FILE !== undefined) {
    return ['TLS_CLIENT_CA_FILE requires TLS_CERT_FILE and TLS_KEY_FILE'];
  }
  try {
    readTlsFiles(settings);
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}
