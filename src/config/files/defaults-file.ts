import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';

/** Where every setting is, with its default and its meaning. */
export const DEFAULTS_FILE = fileURLToPath(new URL('../../../config/default.env', import.meta.url));

/** Every setting, by its name, and its default. */
export function readDefaults(): Readonly<Record<string, string | undefined>> {
  return parseEnv(readFileSync(DEFAULTS_FILE, 'utf8'));
}
