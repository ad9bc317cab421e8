import type { RequestOptions, Selection } from '../stats-client-options.js';

/** The service accepts this many names in one request. */
const MAX_NAMES = 100;

/** The greatest `max-age` that every cache accepts (RFC 9111, section 1.2.2). JavaScript would write 1e21 as `1e+21`. */
const MAX_AGE_S = 2 ** 31;

/**
 * Formats the query string of a view and a selection, including the question mark.
 *
 * @throws {RangeError} for an empty list of names, since a request without names returns all containers
 */
export function formatQuery({ view, name }: Selection & { readonly view?: 'full' | undefined }): string {
  const names = name === undefined || typeof name === 'string' ? name : [...new Set(name)].toSorted();
  if (Array.isArray(names) && (names.length === 0 || names.length > MAX_NAMES)) {
    throw new RangeError(`name must be one pattern or a list of 1 to ${MAX_NAMES} patterns`);
  }
  const query = new URLSearchParams(view === undefined ? {} : { view });
  for (const one of names === undefined ? [] : [names].flat()) query.append('name', one);
  return query.size === 0 ? '' : `?${query.toString()}`;
}

/**
 * Formats the path of one container.
 *
 * @throws {RangeError} for text that is no container name and would change the path, such as `..`
 */
export function formatContainerPath(name: string): string {
  if (/^\.{0,2}$|\p{Surrogate}/u.test(name))
    throw new RangeError('nameOrId must be the name or the id of a container');
  return `/containers/${encodeURIComponent(name)}/stats`;
}

/**
 * Formats the `Cache-Control` header of a request. Without this header, fetch would add `no-cache` to every request with
 * `If-None-Match`, and each call would wait for a new sample. `min-fresh=0` has no effect (RFC 9111, section 5.2.1.3).
 *
 * @throws {RangeError} when `maxAge` is not 0 or a positive number
 */
export function formatCacheControl({ maxAge }: Pick<RequestOptions, 'maxAge'>): string {
  if (maxAge === undefined) return 'min-fresh=0';
  if (!Number.isFinite(maxAge) || maxAge < 0)
    throw new RangeError('maxAge must be a number of seconds, 0 or more');
  const seconds = Math.min(Math.floor(maxAge), MAX_AGE_S);
  return seconds === 0 ? 'no-cache' : `max-age=${seconds}`;
}
