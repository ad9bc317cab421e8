import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';

/** The file that lists every setting with its meaning and default. */
export const DEFAULTS_FILE = fileURLToPath(new URL('../../../config/default.env', import.meta.url));

/** The defaults that differ with `STATS_SOURCE=prometheus`. */
const PROMETHEUS_DEFAULTS_FILE = fileURLToPath(new URL('../../../config/prometheus.env', import.meta.url));

/** The default of every setting, by the setting's name. */
export function readDefaults(statsSource?: string): Readonly<Record<string, string | undefined>> {
  const defaults = readFile(DEFAULTS_FILE);
  return statsSource === 'prometheus' ? { ...defaults, ...readFile(PROMETHEUS_DEFAULTS_FILE) } : defaults;
}

function readFile(path: string): NodeJS.Dict<string> {
  return parseEnv(readFileSync(path, 'utf8'));
}
