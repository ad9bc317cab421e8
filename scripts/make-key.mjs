#!/usr/bin/env node
// Prints a new API key: `npm run -s key -- --name grafana`, and its line for API_KEYS_FILE, which does not tell the key.
import { createHash, randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';

const USAGE = 'usage: npm run -s key -- --name NAME (1 to 64 letters, digits, ".", "_" or "-")';

const key = randomBytes(24).toString('base64url');
const name = readName();
console.log(`${key}\n${name}:sha256:${createHash('sha256').update(key).digest('hex')}`);

function readName() {
  try {
    const given = parseArgs({ options: { name: { type: 'string' } } }).values.name ?? '';
    if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(given) && given !== 'sha256') return given;
  } catch {
    // What it does not know, it explains as well.
  }
  console.error(USAGE);
  process.exit(1);
}
