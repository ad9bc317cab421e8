import type { Request } from 'express';

const BEARER = /^Bearer +(.*)$/i;

/**
 * Every API key that a request brings, from the three places that are equal: `X-API-Key`, `Authorization: Bearer`
 * (RFC 6750) and `?api_key=`. Something there that is no single key (doubled, empty) counts as an empty one, which fits
 * none.
 */
export function presentedKeys(request: Request): string[] {
  const { rawHeaders, query } = request;
  const places: unknown[][] = [
    fieldsOf(rawHeaders, 'x-api-key'),
    fieldsOf(rawHeaders, 'authorization').flatMap((value) => BEARER.exec(value)?.[1] ?? []),
    query['api_key'] === undefined ? [] : [query['api_key']],
  ];
  return places
    .filter((values) => values.length > 0)
    .map(([value, ...more]) => (more.length === 0 && typeof value === 'string' ? value : ''));
}

/** Every field of a name; `headers` has the first `Authorization` alone, `headersDistinct` costs more than all else here. */
function fieldsOf(rawHeaders: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let n = 0; n + 1 < rawHeaders.length; n += 2) {
    const [field = '', value = ''] = [rawHeaders[n], rawHeaders[n + 1]];
    if (field.length === name.length && field.toLowerCase() === name) values.push(value);
  }
  return values;
}
