import type { Arrangement, RequestOptions, Selection } from '../stats-client-options.js';

/** The service accepts this many patterns for one parameter. */
const MAX_PATTERNS = 100;

const FILTERS = [
  'host',
  'name',
  'project',
  'service',
  'image',
  'health',
] as const satisfies readonly (keyof Selection)[];

/** The greatest number of seconds that every cache accepts (RFC 9111, section 1.2.2). JavaScript would write 1e21 as `1e+21`. */
const MAX_SECONDS = 2 ** 31;

/**
 * Formats the query string of a view, a selection and an order, including the question mark. The order of patterns does not
 * matter, so the same selection has the same URL, and the same cached response.
 *
 * @throws {RangeError} for an empty list of patterns, since a request without patterns returns all containers
 */
export function formatQuery({
  view,
  sort,
  limit,
  ...selection
}: Selection & Arrangement<string> & { readonly view?: 'full' | undefined }): string {
  const query = new URLSearchParams(view === undefined ? {} : { view });
  for (const filter of FILTERS) {
    for (const pattern of toPatterns(filter, selection[filter])) query.append(filter, pattern);
  }
  if (sort !== undefined) query.set('sort', sort);
  if (limit !== undefined) query.set('limit', String(limit));
  return query.size === 0 ? '' : `?${query.toString()}`;
}

function toPatterns(filter: string, value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  if (typeof value === 'string') return [value];
  const patterns = [...new Set(value)].toSorted();
  if (patterns.length > 0 && patterns.length <= MAX_PATTERNS) return patterns;
  throw new RangeError(`${filter} must be one pattern or a list of 1 to ${MAX_PATTERNS} patterns`);
}

/**
 * Formats the path of one container.
 *
 * @param host the name of its Docker host
 * @throws {RangeError} for text that is no name and would change the path, such as `..`
 */
export function formatContainerPath(name: string, host?: string): string {
  const path = `/containers/${encodeSegment('nameOrId', name)}/stats`;
  return host === undefined ? path : `/hosts/${encodeSegment('host', host)}${path}`;
}

function encodeSegment(option: string, text: string): string {
  if (!/^\.{0,2}$|\p{Surrogate}/u.test(text)) return encodeURIComponent(text);
  throw new RangeError(
    `${option} must be the name ${option === 'host' ? 'of a Docker host' : 'or the id of a container'}`,
  );
}

/**
 * Formats the `Cache-Control` header of a request. Without this header, fetch would add `no-cache` to every request with
 * `If-None-Match`, and each call would wait for a new sample. `min-fresh=0` has no effect (RFC 9111, section 5.2.1.3).
 *
 * @throws {RangeError} when `maxAge` or `maxStale` is not 0 or a positive number; only `maxStale` may be `Infinity`
 */
export function formatCacheControl({
  maxAge,
  maxStale,
  onlyIfCached = false,
}: Pick<RequestOptions, 'maxAge' | 'maxStale' | 'onlyIfCached'>): string {
  const directives: string[] = [];
  if (maxAge !== undefined) {
    const seconds = toSeconds('maxAge', maxAge);
    // `no-cache` would forbid the stale samples that `maxStale` allows.
    directives.push(seconds === 0 && maxStale === undefined ? 'no-cache' : `max-age=${seconds}`);
  }
  if (maxStale === Infinity) directives.push('max-stale');
  else if (maxStale !== undefined) directives.push(`max-stale=${toSeconds('maxStale', maxStale)}`);
  if (onlyIfCached) directives.push('only-if-cached');
  return directives.join(', ') || 'min-fresh=0';
}

/** Converts the value of an option to an integer that every cache accepts. */
function toSeconds(name: string, value: number): number {
  if (!Number.isFinite(value) || value < 0)
    throw new RangeError(`${name} must be a number of seconds, 0 or more`);
  return Math.min(Math.floor(value), MAX_SECONDS);
}
