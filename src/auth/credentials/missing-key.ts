import type { KeyCarrier } from './presented-keys.js';
import { REFUSALS, type Refusal } from './refusals.js';

/** Names under which clients send API keys by mistake: lower case, without separators and a leading `X`. */
const SIMILAR_NAMES: ReadonlySet<string> = new Set([
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

/** Explains what is wrong with a request that has no API key in any of the right places. */
export function explainMissingKey({ headers, query }: KeyCarrier): Refusal {
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
  if (Object.keys(others).some(isSimilarName)) return REFUSALS.otherHeader;
  if (Object.keys(query).some(isSimilarName)) return REFUSALS.otherParameter;
  return authorization === undefined ? REFUSALS.missing : REFUSALS.otherScheme;
}

function isSimilarName(name: string): boolean {
  const letters = name
    .toLowerCase()
    .replace(/\[.*$/s, '')
    .replaceAll(/[^a-z]/g, '');
  return SIMILAR_NAMES.has(letters) || SIMILAR_NAMES.has(letters.replace(/^x/, ''));
}
