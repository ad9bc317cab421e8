import { fileURLToPath } from 'node:url';

/** Where every setting is, with its default and its meaning. */
export const DEFAULTS_FILE = fileURLToPath(new URL('../../config/default.env', import.meta.url));
