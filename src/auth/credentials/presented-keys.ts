import type { IncomingMessage } from 'node:http';
import { REFUSALS, type Refusal } from './refusals.js';

/** The parts of a request that can have a key. */
export type KeyCarrier = Pick<IncomingMessage, 'headers' | 'rawHeaders'> & {
  /** The query parameters; a repeated one is an array. */
  readonly query: Readonly<Record<string, unknown>>;
};

/** What a request has in one of the places for keys: a key, or the reason why the service refuses it. */
export type PresentedKey = string | Refusal;

const BEARER = /^Bearer +(.*)$/i;
const BASIC = /^Basic +(.*)$/i;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const COLON = 0x3a;

/**
 * Reads the key from each place that can have one: `X-API-Key`, `Authorization: Bearer` (RFC 6750), the password of
 * `Authorization: Basic` (RFC 7617) and `?api_key=`. Places without a key are left out.
 */
export function readPresentedKeys({ rawHeaders, query }: KeyCarrier): PresentedKey[] {
  const apiKeys: PresentedKey[] = [];
  const authorizations: PresentedKey[] = [];
  // `headers` has only the first `Authorization`, and `headersDistinct` takes longer than the rest of this function.
  for (let n = 0; n + 1 < rawHeaders.length; n += 2) {
    const [field = '', value = ''] = [rawHeaders[n], rawHeaders[n + 1]];
    if (isField(field, 'x-api-key')) apiKeys.push(value === '' ? REFUSALS.emptyHeader : value);
    else if (isField(field, 'authorization')) {
      const key = parseAuthorization(value);
      if (key !== undefined) authorizations.push(key);
    }
  }
  const presented: PresentedKey[] = [];
  addSingle(presented, apiKeys, REFUSALS.repeatedHeader);
  addSingle(presented, authorizations, REFUSALS.repeatedAuthorization);
  const parameter = query['api_key'];
  if (parameter === '') presented.push(REFUSALS.emptyParameter);
  else if (typeof parameter === 'string') presented.push(parameter);
  else if (parameter !== undefined) presented.push(REFUSALS.repeatedParameter);
  return presented;
}

/** Returns the key if all places have the same one, else a refusal; `undefined` if no place has a key. */
export function pickSingleKey(presented: readonly PresentedKey[]): PresentedKey | undefined {
  const [first] = presented;
  const refusal = presented.find((key) => typeof key !== 'string');
  if (refusal !== undefined) return refusal;
  return presented.some((key) => key !== first) ? REFUSALS.several : first;
}

function isField(field: string, name: string): boolean {
  return field.length === name.length && field.toLowerCase() === name;
}

/** Adds the only value of a header, or the refusal if the header is repeated. */
function addSingle(presented: PresentedKey[], values: readonly PresentedKey[], repeated: Refusal): void {
  const [value] = values;
  if (value !== undefined) presented.push(values.length === 1 ? value : repeated);
}

/** The key in a value of `Authorization`; `undefined` for other schemes, and for a scheme without credentials. */
function parseAuthorization(value: string): PresentedKey | undefined {
  const bearer = BEARER.exec(value)?.[1];
  if (bearer !== undefined) return bearer;
  const basic = BASIC.exec(value)?.[1];
  return basic === undefined ? undefined : parsePassword(basic);
}

function parsePassword(credentials: string): PresentedKey {
  if (!BASE64.test(credentials)) return REFUSALS.undecodableBasic;
  const bytes = Buffer.from(credentials, 'base64');
  const colon = bytes.indexOf(COLON);
  if (colon === -1) return REFUSALS.undecodableBasic;
  return bytes.toString('utf8', colon + 1) || REFUSALS.emptyPassword;
}
