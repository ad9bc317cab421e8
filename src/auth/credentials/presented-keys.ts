import type { IncomingMessage } from 'node:http';
import { REFUSALS, type Refusal } from './refusals.js';

/** The parts of a request that may hold a key. */
export type KeyCarrier = Pick<IncomingMessage, 'headers' | 'rawHeaders'> & {
  /** The parameters of the query; of a repeated one, a list. */
  readonly query: Readonly<Record<string, unknown>>;
};

/** What a request brings in one place for API keys: a key, or why it is none. */
export type PresentedKey = string | Refusal;

const BEARER = /^Bearer +(.*)$/i;
const BASIC = /^Basic +(.*)$/i;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const COLON = 0x3a;

/**
 * What a request brings in each of the places that are equal: `X-API-Key`, `Authorization: Bearer` (RFC 6750), the password of
 * `Authorization: Basic` (RFC 7617) and `?api_key=`. Nothing of a place where there is nothing.
 */
export function presentedKeys({ rawHeaders, query }: KeyCarrier): PresentedKey[] {
  const apiKeys: PresentedKey[] = [];
  const authorizations: PresentedKey[] = [];
  // Itself: `headers` has the first `Authorization` alone, `headersDistinct` costs more than all else here.
  for (let n = 0; n + 1 < rawHeaders.length; n += 2) {
    const [field = '', value = ''] = [rawHeaders[n], rawHeaders[n + 1]];
    if (isField(field, 'x-api-key')) apiKeys.push(value === '' ? REFUSALS.emptyHeader : value);
    else if (isField(field, 'authorization')) {
      const key = keyOfAuthorization(value);
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

/** The key that all places have; `undefined` where none has any. */
export function singleKey(presented: readonly PresentedKey[]): PresentedKey | undefined {
  const [first] = presented;
  const refusal = presented.find((key) => typeof key !== 'string');
  if (refusal !== undefined) return refusal;
  return presented.some((key) => key !== first) ? REFUSALS.several : first;
}

function isField(field: string, name: string): boolean {
  return field.length === name.length && field.toLowerCase() === name;
}

function addSingle(presented: PresentedKey[], values: readonly PresentedKey[], repeated: Refusal): void {
  const [value] = values;
  if (value !== undefined) presented.push(values.length === 1 ? value : repeated);
}

/** The key of credentials; `undefined` for other schemes, and where nothing follows the scheme. */
function keyOfAuthorization(value: string): PresentedKey | undefined {
  const bearer = BEARER.exec(value)?.[1];
  if (bearer !== undefined) return bearer;
  const basic = BASIC.exec(value)?.[1];
  return basic === undefined ? undefined : passwordOf(basic);
}

function passwordOf(credentials: string): PresentedKey {
  if (!BASE64.test(credentials)) return REFUSALS.undecodableBasic;
  const bytes = Buffer.from(credentials, 'base64');
  const colon = bytes.indexOf(COLON);
  if (colon === -1) return REFUSALS.undecodableBasic;
  return bytes.toString('utf8', colon + 1) || REFUSALS.emptyPassword;
}
