import { randomBytes } from 'node:crypto';
import { digestOf } from './api-keys.js';

/** A new key: 192 random bits, in characters that need no quoting anywhere (base64url, RFC 4648, section 5). */
export function newApiKey(): string {
  return randomBytes(24).toString('base64url');
}

/** A key's line for the `API_KEYS_FILE`, which does not tell the key. */
export function apiKeyLine(name: string, key: string): string {
  return `${name}:sha256:${digestOf(key).toString('hex')}`;
}
