import type { KeyCarrier } from './presented-keys.js';
import { REFUSALS, type Refusal } from './refusals.js';

/** Names that people give an API key, without case, separators and a leading `X`. */
const NAMES: ReadonlySet<string> = new Set([
  'accesskey',
  'accesstoken',
  'apikey',
  'apitoken',
  'auth',
  'authentication',
  'authkey',
  'authorization',
  'authtoken',
  'bearer',
  'bearertoken',
  'key',
  'token',
]);

/** What went wrong with a request that brings nothing in any of the places for API keys. */
export function misplacedKey({ headers, query }: KeyCarrier): Refusal {
  const { authorization, ...others } = headers;
  switch (authorization?.toLowerCase()) {
    case undefined:
      break;
    case '':
      return REFUSALS.emptyAuthorization;
    case 'bearer':
      return REFUSALS.emptyBearer;
    case 'basic':
      return REFUSALS.emptyBasic;
  }
  if (authorization !== undefined && !/\s/.test(authorization)) return REFUSALS.noScheme;
  if (Object.keys(others).some(isNearMiss)) return REFUSALS.otherHeader;
  if (Object.keys(query).some(isNearMiss)) return REFUSALS.otherParameter;
  return authorization === undefined ? REFUSALS.missing : REFUSALS.otherScheme;
}

function isNearMiss(name: string): boolean {
  const letters = name
    .toLowerCase()
    .replace(/\[.*$/s, '')
    .replaceAll(/[^a-z]/g, '');
  return NAMES.has(letters) || NAMES.has(letters.replace(/^x/, ''));
}
