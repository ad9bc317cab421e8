import type { IncomingMessage } from 'node:http';

const USABLE_ID = /^[\w.:-]{1,128}$/;

/**
 * Reads `X-Request-Id`; `undefined` if it is malformed or contains the API key of the request. Only for requests with a valid
 * key: whether the id is used depends on the key, so other clients could use it to guess keys.
 */
export function parseClientRequestId(
  { headers }: Pick<IncomingMessage, 'headers'>,
  key: string,
): string | undefined {
  const id = headers['x-request-id'];
  return typeof id === 'string' && USABLE_ID.test(id) && !id.includes(key) ? id : undefined;
}
