import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';

/** The file that lists every setting with its meaning and default. */
export const DEFAULTS_FILE = fileURLToPath(new URL('../../../config/default.env', import.meta.url));

/** The default of every setting, by the setting's name. */
export function readDefaults(): Readonly<Record<string, string | undefined>> {
  return parseEnv(readFileSync(DEFAULTS_FILE, 'utf8'));
}
