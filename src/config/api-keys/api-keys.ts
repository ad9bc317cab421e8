import { hash } from 'node:crypto';

/** Shorter keys can be guessed. They are invalid in production and cause a warning otherwise. */
export const MIN_KEY_LENGTH = 16;

/** A configured API key with its scope and expiry date. Only the hash of the key is kept. */
export interface ApiKey {
  readonly name: string;
  /** SHA-256 of the key. */
  readonly digest: Buffer;
  /** Whether the key is shorter than {@link MIN_KEY_LENGTH}; `false` if only its hash is configured. */
  readonly isShort: boolean;
  /** The scope: patterns of the names of the containers that the key can read; `undefined` for all. */
  readonly containers?: readonly string[];
  /** The scope: patterns of their projects; `undefined` for all. A container must match all patterns that are set. */
  readonly projects?: readonly string[];
  /** The scope: patterns of the names of their Docker hosts; `undefined` for all. */
  readonly hosts?: readonly string[];
  /** When the key expires, in milliseconds since the Unix epoch: the end of its expiry date, UTC. */
  readonly expiresAt?: number;
}

/** The options that restrict a key. */
const SCOPES = ['containers', 'projects', 'hosts'] as const;

/** The scope of a key. */
export type KeyScope = Pick<ApiKey, (typeof SCOPES)[number]>;

/** Whether a key can read only some containers. */
export function hasScope(key: KeyScope): boolean {
  return SCOPES.some((scope) => key[scope] !== undefined);
}

/** The valid keys of a text, and a message for each invalid entry. A message gives the position, never the text. */
export interface ParsedApiKeys {
  readonly keys: readonly ApiKey[];
  readonly problems: readonly string[];
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
// The characters that a Bearer token allows: `b64token` in RFC 6750, section 2.1.
const KEY = /^[A-Za-z0-9._~+/-]+=*$/;
const SHA256 = /^[\da-f]{64}$/i;
// The characters of the names of containers in Docker and of projects in Compose, and the wildcards.
const PATTERNS = /^[A-Za-z0-9_.*?-]+(?:\|[A-Za-z0-9_.*?-]+)*$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Length of a day; expiry dates are whole days. */
export const DAY_MS = 86_400_000;

/** SHA-256 of a key. All hashes have the same length, so that they can be compared in constant time. */
export function hashKey(key: string): Buffer {
  return Buffer.from(hash('sha256', key, 'binary'), 'binary'); // twice as fast as 'buffer'
}

/** Whether a name is allowed for a key. `sha256` is not allowed: `sha256:HEX` would look like a name and a key. */
export function isApiKeyName(name: string): boolean {
  return NAME.test(name) && name.toLowerCase() !== 'sha256';
}

/**
 * Parses `API_KEYS`, a comma-separated list. An entry without a name gets the name `key-N`, where N is its position.
 *
 * The entry after an entry with options needs a name. Otherwise `a:KEY;containers=web,db` would create a key `db` without a
 * scope.
 */
export function parseApiKeys(text: string): ParsedApiKeys {
  const entries = text === '' ? [] : text.split(',');
  return parseEntries(
    entries.map((entry, index) => {
      const hasName = entry.split(';', 1)[0]?.includes(':') || entries[index - 1]?.includes(';');
      return { place: `entry ${index + 1}`, entry: hasName ? entry : `key-${index + 1}:${entry}` };
    }),
  );
}

/** Parses the text of `API_KEYS_FILE`: one entry per line, each with a name. Empty lines and `#` comments are ignored. */
export function parseApiKeyLines(text: string): ParsedApiKeys {
  const lines = text.split(/\r?\n/).map((line, index) => ({ place: `line ${index + 1}`, entry: line }));
  return parseEntries(lines.filter(({ entry }) => entry.trim() !== '' && !entry.trimStart().startsWith('#')));
}

/** The keys so far, to find duplicate names and keys. */
export class KnownApiKeys {
  readonly #names = new Set<string>();
  readonly #digests = new Set<string>();

  constructor(keys: readonly ApiKey[] = []) {
    for (const key of keys) this.add(key);
  }

  add({ name, digest }: ApiKey): void {
    this.#names.add(name);
    this.#digests.add(digest.toString('hex'));
  }

  /** A message if another key has the same name or the same hash. */
  findConflict({ name, digest }: ApiKey): string | undefined {
    if (this.#names.has(name)) return 'must not repeat the name of an earlier key';
    if (this.#digests.has(digest.toString('hex'))) return 'must not repeat an earlier key';
    return undefined;
  }
}

interface Entry {
  readonly place: string;
  readonly entry: string;
}

function parseEntries(entries: readonly Entry[]): ParsedApiKeys {
  const keys: ApiKey[] = [];
  const known = new KnownApiKeys();
  const problems: string[] = [];
  for (const { place, entry } of entries) {
    const parsed = parseEntry(entry);
    const problem = typeof parsed === 'string' ? parsed : known.findConflict(parsed);
    if (typeof parsed === 'string' || problem !== undefined) {
      problems.push(`${place} ${problem}`);
      continue;
    }
    keys.push(parsed);
    known.add(parsed);
  }
  return { keys, problems };
}

/** Parses `name:KEY` or `name:sha256:HEX`, followed by `;` and options. Returns a message if any part is invalid. */
function parseEntry(entry: string): ApiKey | string {
  const [nameAndKey = '', ...options] = entry.split(';');
  const colon = nameAndKey.indexOf(':');
  if (colon === -1) return 'must be name:KEY or name:sha256:HEX';
  const name = nameAndKey.slice(0, colon);
  if (!isApiKeyName(name)) {
    return name.toLowerCase() === 'sha256'
      ? 'must have a name before sha256:'
      : 'must have a name of 1 to 64 letters, digits, ".", "_" or "-"';
  }
  const secret = parseSecret(nameAndKey.slice(colon + 1));
  if (typeof secret === 'string') return secret;
  const values = parseOptions(options);
  if (typeof values === 'string') return values;
  return { name, ...secret, ...values };
}

function parseSecret(text: string): Pick<ApiKey, 'digest' | 'isShort'> | string {
  if (text === '') return 'must not be empty';
  if (text.startsWith('sha256:')) {
    const hex = text.slice('sha256:'.length);
    if (!SHA256.test(hex)) return 'must have 64 hexadecimal digits after sha256:';
    return { digest: Buffer.from(hex, 'hex'), isShort: false };
  }
  if (!KEY.test(text)) return 'must have a key of letters, digits and "-._~+/", with "=" only at the end';
  return { digest: hashKey(text), isShort: text.length < MIN_KEY_LENGTH };
}

type Options = KeyScope & Pick<ApiKey, 'expiresAt'>;

function parseOptions(options: readonly string[]): Options | string {
  const values: { -readonly [Name in keyof Options]: Options[Name] } = {};
  for (const option of options) {
    const [name, value = ''] = splitOnce(option, '=');
    const scope = SCOPES.find((one) => one === name);
    if (scope !== undefined && values[scope] === undefined) {
      if (!PATTERNS.test(value)) return `must have names or patterns separated by "|" after ${name}=`;
      values[scope] = [...new Set(value.split('|'))];
    } else if (name === 'expires' && values.expiresAt === undefined) {
      const day = Date.parse(value); // parses 2027-02-30 as March 2
      if (!DATE.test(value) || Number.isNaN(day) || !toIsoString(day).startsWith(value)) {
        return 'must have a date such as 2027-01-31 after expires=';
      }
      values.expiresAt = day + DAY_MS;
    } else {
      return 'must have no options other than containers=, projects=, hosts= and expires=, each at most once';
    }
  }
  return values;
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

function toIsoString(ms: number): string {
  return new Date(ms).toISOString();
}
