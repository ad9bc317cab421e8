import { randomBytes } from 'node:crypto';
import { hashKey } from './api-keys.js';

/** Generates a key: 192 random bits in base64url (RFC 4648, section 5), which needs no quoting in shells and URLs. */
export function generateApiKey(): string {
  return randomBytes(24).toString('base64url');
}

/** The line for `API_KEYS_FILE`: the name and the hash of a key, without the key. */
export function formatApiKeyLine(name: string, key: string): string {
  return `${name}:sha256:${hashKey(key).toString('hex')}`;
}
