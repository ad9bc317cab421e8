import { hash } from 'node:crypto';

/** Shorter keys can be guessed: refused in production, warned about elsewhere. */
export const MIN_KEY_LENGTH = 16;

/** One configured API key: who it is for, and how to recognise it. The key itself is not kept. */
export interface ApiKey {
  readonly name: string;
  /** SHA-256 of the key. */
  readonly digest: Buffer;
  readonly isShort: boolean;
}

/** What `API_KEYS` holds, and what is wrong with it; a fault names the entry's position, never its text. */
export interface ParsedApiKeys {
  readonly keys: readonly ApiKey[];
  readonly faults: readonly string[];
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
// What a Bearer header can carry: `b64token` of RFC 6750, section 2.1.
const KEY = /^[A-Za-z0-9._~+/-]+=*$/;

/** SHA-256 of a key: of one length whatever the key, so that digests can be compared in constant time. */
export function digestOf(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}

/** Reads `name:KEY,…` or bare keys, which are named `key-1`, `key-2`, … by their position. */
export function parseApiKeys(text: string): ParsedApiKeys {
  const keys: ApiKey[] = [];
  const faults: string[] = [];
  if (text === '') return { keys, faults };
  for (const [index, entry] of text.split(',').entries()) {
    const position = index + 1;
    const colon = entry.indexOf(':');
    const name = colon === -1 ? `key-${position}` : entry.slice(0, colon);
    const key = entry.slice(colon + 1);
    const fault = faultOf(name, key, keys);
    if (fault !== undefined) faults.push(`entry ${position} ${fault}`);
    else keys.push({ name, digest: digestOf(key), isShort: key.length < MIN_KEY_LENGTH });
  }
  return { keys, faults };
}

function faultOf(name: string, key: string, earlier: readonly ApiKey[]): string | undefined {
  if (!NAME.test(name)) return 'must have a name of 1 to 64 letters, digits, ".", "_" or "-"';
  if (key === '') return 'must not be empty';
  if (!KEY.test(key)) return 'must have a key of letters, digits and "-._~+/", with "=" at its end only';
  if (earlier.some((other) => other.name === name)) return 'must not repeat the name of an earlier entry';
  if (earlier.some((other) => other.digest.equals(digestOf(key)))) {
    return 'must not repeat the key of an earlier entry';
  }
  return undefined;
}
