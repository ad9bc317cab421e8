import type { RequestOptions, Selection } from '../stats-client-options.js';

/** What the service takes names of, in one request. */
const MAX_NAMES = 100;

/** The greatest age that all understand (RFC 9111, section 1.2.2); greater ones would be written as `1e+21`. */
const MAX_AGE_S = 2 ** 31;

/**
 * The query of a view and a selection, with its question mark.
 *
 * @throws {RangeError} for no names at all, which the service would take for all containers
 */
export function queryOf({ view, name }: Selection & { readonly view?: 'full' | undefined }): string {
  const names = name === undefined || typeof name === 'string' ? name : [...new Set(name)].toSorted();
  if (Array.isArray(names) && (names.length === 0 || names.length > MAX_NAMES)) {
    throw new RangeError(`name must have 1 to ${MAX_NAMES} patterns`);
  }
  const query = new URLSearchParams(view === undefined ? {} : { view });
  for (const one of names === undefined ? [] : [names].flat()) query.append('name', one);
  return query.size === 0 ? '' : `?${query.toString()}`;
}

/**
 * The path of one container.
 *
 * @throws {RangeError} when no container can have the name, and the path would be another one, or none
 */
export function containerPath(name: string): string {
  if (/^\.{0,2}$|\p{Surrogate}/u.test(name))
    throw new RangeError('name must be the name or the id of a container');
  return `/containers/${encodeURIComponent(name)}/stats`;
}

/**
 * The `Cache-Control` of a request. It is always there: beside `If-None-Match`, fetch would say `no-cache` of its own
 * accord, and each call would wait for a new sample. `min-fresh=0` asks for nothing (RFC 9111, section 5.2.1.3).
 *
 * @throws {RangeError} when the age is none
 */
export function cacheControlOf({ maxAge }: Pick<RequestOptions, 'maxAge'>): string {
  if (maxAge === undefined) return 'min-fresh=0';
  if (!Number.isFinite(maxAge) || maxAge < 0) throw new RangeError('maxAge must be 0 or more seconds');
  const seconds = Math.min(Math.floor(maxAge), MAX_AGE_S);
  return seconds === 0 ? 'no-cache' : `max-age=${seconds}`;
}
