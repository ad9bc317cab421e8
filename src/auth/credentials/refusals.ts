/** Why a request was refused: the `reason` in its log line. */
export type RefusalReason = 'missing' | 'malformed' | 'unknown' | 'expired' | 'certificate';

/** Why a request is refused, and the message for its client: a fixed text that never repeats a part of the request. */
export interface Refusal {
  readonly reason: RefusalReason;
  readonly message: string;
}

const BEARER = 'send Authorization: Bearer KEY';
const BASIC = 'send HTTP Basic with KEY as the password and any user name';

export const REFUSALS = {
  missing: {
    reason: 'missing',
    message:
      'The request has no API key: send X-API-Key: KEY, Authorization: Bearer KEY, HTTP Basic with KEY as the password, or ?api_key=KEY',
  },
  emptyHeader: malformed('X-API-Key is empty: send X-API-Key: KEY'),
  emptyParameter: malformed('Query parameter api_key is empty: send ?api_key=KEY'),
  emptyAuthorization: malformed(`Authorization is empty: ${BEARER}`),
  emptyBearer: malformed(`Authorization: Bearer has no key: ${BEARER}`),
  emptyBasic: malformed(`Authorization: Basic has no credentials: ${BASIC}`),
  emptyPassword: malformed(`HTTP Basic has no password: ${BASIC}`),
  undecodableBasic: malformed(`HTTP Basic credentials must be the base64 of USER:KEY: ${BASIC}`),
  noScheme: malformed(`Authorization has no scheme: ${BEARER}`),
  otherScheme: malformed(`Authorization has a scheme other than Bearer and Basic: ${BEARER}`),
  repeatedHeader: malformed('X-API-Key is repeated: send it once'),
  repeatedParameter: malformed('Query parameter api_key is repeated: send it once'),
  repeatedAuthorization: malformed('Authorization is repeated: send it once'),
  otherHeader: malformed('The API key seems to be in another header: send X-API-Key: KEY'),
  otherParameter: malformed('The API key seems to be in another query parameter: send ?api_key=KEY'),
  several: malformed('The request has several different API keys: send one'),
  unknown: {
    reason: 'unknown',
    message: 'The API key is not valid: check it, or ask the operator for a new one',
  },
  expired: { reason: 'expired', message: 'The API key has expired: ask the operator for a new one' },
  certificate: {
    reason: 'certificate',
    message:
      'A valid client certificate is required: present one that was issued by a CA this service trusts',
  },
} satisfies Record<string, Refusal>;

function malformed(message: string): Refusal {
  return { reason: 'malformed', message };
}
