#!/usr/bin/env node
// Prints a new API key. With `--name grafana`, its line for API_KEYS_FILE too, which does not tell the key.
import { createHash, randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';

const NAME = /^(?!sha256$)[a-z0-9][a-z0-9_.-]{0,63}$/i;

/** @returns {string | undefined} */
function readName() {
  try {
    const { name } = parseArgs({ options: { name: { type: 'string' } } }).values;
    if (name === undefined || NAME.test(name)) return name;
  } catch {
    // What it does not know, it explains as well.
  }
  console.error('usage: npm run -s key -- [--name NAME] (1 to 64 letters, digits, ".", "_" or "-")');
  process.exit(1);
}

const name = readName();
const key = randomBytes(24).toString('base64url');
console.log(key);
if (name !== undefined) console.log(`${name}:sha256:${createHash('sha256').update(key).digest('hex')}`);
