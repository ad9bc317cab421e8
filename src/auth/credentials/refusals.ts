/** Why a request was not let in, as its log line says it. */
export type RefusalReason = 'missing' | 'malformed' | 'unknown' | 'expired' | 'certificate';

/** Why a request is not let in, and what its client is told: a fixed text, never a part of the request. */
export interface Refusal {
  readonly reason: RefusalReason;
  readonly message: string;
}

const BEARER = 'send Authorization: Bearer KEY';
const BASIC = 'send HTTP Basic with KEY as the password and any user name';

/** Every refusal. */
export const REFUSALS = {
  missing: {
    reason: 'missing',
    message:
      'The request has no API key: send X-API-Key: KEY, Authorization: Bearer KEY, HTTP Basic with KEY as the password, or ?api_key=KEY',
  },
  emptyHeader: malformed('X-API-Key is empty: send X-API-Key: KEY'),
  emptyParameter: malformed('The parameter api_key is empty: send ?api_key=KEY'),
  emptyAuthorization: malformed(`Authorization is empty: ${BEARER}`),
  emptyBearer: malformed(`Authorization: Bearer came without a key: ${BEARER}`),
  emptyBasic: malformed(`Authorization: Basic came without credentials: ${BASIC}`),
  emptyPassword: malformed(`HTTP Basic came without a password: ${BASIC}`),
  undecodableBasic: malformed(`The credentials of HTTP Basic are not the base64 of USER:KEY: ${BASIC}`),
  noScheme: malformed(`Authorization has no scheme: ${BEARER}`),
  otherScheme: malformed(`Authorization has a scheme other than Bearer and Basic: ${BEARER}`),
  repeatedHeader: malformed('X-API-Key came more than once: send it once'),
  repeatedParameter: malformed('The parameter api_key came more than once: send it once'),
  repeatedAuthorization: malformed('Authorization came more than once: send it once'),
  otherHeader: malformed('A header with another name seems to have the API key: send X-API-Key: KEY'),
  otherParameter: malformed('A parameter with another name seems to have the API key: send ?api_key=KEY'),
  several: malformed('The request has several different API keys: send one'),
  unknown: { reason: 'unknown', message: 'The API key is not valid: this service does not know it' },
  expired: { reason: 'expired', message: 'The API key has expired: ask for a new one' },
  certificate: {
    reason: 'certificate',
    message: 'A client certificate is needed, of an authority that this service knows',
  },
} satisfies Record<string, Refusal>;

function malformed(message: string): Refusal {
  return { reason: 'malformed', message };
}
