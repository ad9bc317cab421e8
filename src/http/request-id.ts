import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { ApiKeyStore } from '../auth/api-key-store.js';

/**
 * What passes for an id of others: UUIDs, trace ids and their like. All are longer than a key that can be guessed
 * (`MIN_KEY_LENGTH`): that an id is replaced must not tell whether it is such a key.
 */
const SANE = /^[\w.:-]{16,64}$/;

/** The id of a request: that of its `X-Request-Id`, if that is sane and no key, else a new one. */
export function requestIdOf(
  { headers, url = '' }: IncomingMessage,
  apiKeys: Pick<ApiKeyStore, 'find'>,
): string {
  const id = headers['x-request-id'];
  if (typeof id !== 'string' || !SANE.test(id)) return randomUUID();
  // Also a wrong key is one, perhaps of another service.
  const places = [headers['x-api-key'], headers.authorization, url];
  const isKey =
    places.some((place) => place?.includes(id)) ||
    keysIn(headers, url).some((key) => id.includes(key)) ||
    apiKeys.find(id) !== undefined;
  return isKey ? randomUUID() : id;
}

/** What a request brings as its key, before Express has read its URL. */
function keysIn(headers: IncomingMessage['headers'], url: string): string[] {
  const places = [
    headers['x-api-key'],
    headers.authorization?.split(' ').at(-1),
    /[?&]api_key=([^&]+)/.exec(url)?.[1],
  ];
  return places.flatMap((key) => key || []);
}
