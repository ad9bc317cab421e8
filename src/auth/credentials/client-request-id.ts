import type { IncomingMessage } from 'node:http';

const SANE = /^[\w.:-]{1,128}$/;

/**
 * The id that a client gives its request as `X-Request-Id`, if it is sane and the key is not in it. For requests that this key
 * has let in: before that, an id could be used to guess keys.
 */
export function clientRequestIdOf(
  { headers }: Pick<IncomingMessage, 'headers'>,
  key: string,
): string | undefined {
  const id = headers['x-request-id'];
  return typeof id === 'string' && SANE.test(id) && !id.includes(key) ? id : undefined;
}
