import { hash } from 'node:crypto';

/** Shorter keys can be guessed: refused in production, warned about elsewhere. */
export const MIN_KEY_LENGTH = 16;

/** One configured API key: who it is for, what it may see, and how to recognise it. The key itself is not kept. */
export interface ApiKey {
  readonly name: string;
  /** SHA-256 of the key. */
  readonly digest: Buffer;
  /** Whether the key is short enough to be guessed; `false` for one of which the digest alone is configured. */
  readonly isShort: boolean;
  /** Patterns of container names: the key sees those alone. Without it, it sees all. */
  readonly containers?: readonly string[];
  /** The end of its last day, UTC, in milliseconds of the Unix epoch: from then on it lets nobody in. */
  readonly expiresAt?: number;
}

/** What a text of API keys holds, and what is wrong with it; a fault names the place, and never the text there. */
export interface ParsedApiKeys {
  readonly keys: readonly ApiKey[];
  readonly faults: readonly string[];
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
// What a Bearer header can carry: `b64token` of RFC 6750, section 2.1.
const KEY = /^[A-Za-z0-9._~+/-]+=*$/;
const SHA256 = /^[\da-f]{64}$/i;
// The characters of docker's container names, and the wildcards.
const PATTERNS = /^[A-Za-z0-9_.*?-]+(?:\|[A-Za-z0-9_.*?-]+)*$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** A key ends with a day. */
export const DAY_MS = 86_400_000;

/** SHA-256 of a key: of one length whatever the key, so that digests can be compared in constant time. */
export function digestOf(key: string): Buffer {
  return Buffer.from(hash('sha256', key, 'binary'), 'binary'); // in half the time of 'buffer'
}

/** Whether a key may be called so: in capitals or not, `sha256` would make its digest look like a key. */
export function isApiKeyName(name: string): boolean {
  return NAME.test(name) && name.toLowerCase() !== 'sha256';
}

/**
 * Reads the text of `API_KEYS`: entries between commas; an entry without a name is called `key-1`, … by its position. It
 * needs one behind options: a comma among container names would make a key of a name, and one without a scope.
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

/** Reads the text of the `API_KEYS_FILE`: an entry a line, all with names; empty lines and `#` comments are left out. */
export function parseApiKeyLines(text: string): ParsedApiKeys {
  const lines = text.split(/\r?\n/).map((line, index) => ({ place: `line ${index + 1}`, entry: line }));
  return parseEntries(lines.filter(({ entry }) => entry.trim() !== '' && !entry.trimStart().startsWith('#')));
}

/** Keys, and whether another one would be ambiguous beside them. */
export class KnownApiKeys {
  readonly #names = new Set<string>();
  readonly #digests = new Set<string>();

  constructor(keys: readonly ApiKey[] = []) {
    for (const key of keys) this.add(key);
  }

  /** One more that is known. */
  add({ name, digest }: ApiKey): void {
    this.#names.add(name);
    this.#digests.add(digest.toString('hex'));
  }

  /** What is wrong with another key. */
  faultOf({ name, digest }: ApiKey): string | undefined {
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
  const faults: string[] = [];
  for (const { place, entry } of entries) {
    const parsed = parseEntry(entry);
    const fault = typeof parsed === 'string' ? parsed : known.faultOf(parsed);
    if (typeof parsed === 'string' || fault !== undefined) {
      faults.push(`${place} ${fault}`);
      continue;
    }
    keys.push(parsed);
    known.add(parsed);
  }
  return { keys, faults };
}

/** Reads `name:KEY` or `name:sha256:HEX`, with options behind `;`; whole, or not at all: gives what is wrong then. */
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
  const limits = parseOptions(options);
  if (typeof limits === 'string') return limits;
  return { name, ...secret, ...limits };
}

function parseSecret(text: string): Pick<ApiKey, 'digest' | 'isShort'> | string {
  if (text === '') return 'must not be empty';
  if (text.startsWith('sha256:')) {
    const hex = text.slice('sha256:'.length);
    if (!SHA256.test(hex)) return 'must have 64 hexadecimal digits after sha256:';
    return { digest: Buffer.from(hex, 'hex'), isShort: false };
  }
  if (!KEY.test(text)) return 'must have a key of letters, digits and "-._~+/", with "=" at its end only';
  return { digest: digestOf(text), isShort: text.length < MIN_KEY_LENGTH };
}

function parseOptions(options: readonly string[]): Pick<ApiKey, 'containers' | 'expiresAt'> | string {
  const limits: { containers?: readonly string[]; expiresAt?: number } = {};
  for (const option of options) {
    const [name, value = ''] = splitOnce(option, '=');
    if (name === 'containers' && limits.containers === undefined) {
      if (!PATTERNS.test(value))
        return 'must have container names or patterns after containers=, between "|"';
      limits.containers = [...new Set(value.split('|'))];
    } else if (name === 'expires' && limits.expiresAt === undefined) {
      const day = Date.parse(value); // takes 2027-02-30 for the second of March
      if (!DATE.test(value) || Number.isNaN(day) || !isoDate(day).startsWith(value)) {
        return 'must have a date such as 2027-01-31 after expires=';
      }
      limits.expiresAt = day + DAY_MS;
    } else {
      return 'must have nothing behind the key but containers= and expires=, each once';
    }
  }
  return limits;
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

function isoDate(ms: number): string {
  return new Date(ms).toISOString();
}
