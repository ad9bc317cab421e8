import type { Request } from 'express';

const BEARER = /^Bearer +(.*)$/i;

/**
 * Every API key that a request brings, from the three places that are equal: `X-API-Key`, `Authorization: Bearer`
 * (RFC 6750) and `?api_key=`. Something there that is no single key (doubled, empty) counts as an empty one, which fits
 * none.
 */
export function presentedKeys(request: Request): string[] {
  const { headersDistinct: headers, query } = request;
  const places: unknown[][] = [
    headers['x-api-key'] ?? [],
    (headers.authorization ?? []).flatMap((value) => BEARER.exec(value)?.[1] ?? []),
    query['api_key'] === undefined ? [] : [query['api_key']],
  ];
  return places
    .filter((values) => values.length > 0)
    .map(([value, ...more]) => (more.length === 0 && typeof value === 'string' ? value : ''));
}
