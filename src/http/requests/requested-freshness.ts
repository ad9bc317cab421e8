/** One directive and its argument, a token or a quoted string (RFC 9111, section 5.2; RFC 9110, section 5.6). */
const DIRECTIVE = /([!#$%&'*+.^`|~\w-]+)(?:=(?:([!#$%&'*+.^`|~\w-]+)|"((?:[^"\\]|\\.)*)"))?[\t ]*(?:,|$)/y;

/** The separators between two directives; a list may have empty members. */
const SEPARATORS = /[\t ,]*/y;

/** Larger numbers of seconds count as this one (RFC 9111, section 1.2.2). */
const MAX_SECONDS = 2 ** 31;

/** How fresh the response to a request must be (RFC 9111, section 5.2.1). */
export interface RequestedFreshness {
  /** `max-age` in milliseconds, 0 for `no-cache`; `undefined` without either. */
  readonly maxAgeMs: number | undefined;
  /** `max-stale` in milliseconds, `Infinity` without a number; 0 without `max-stale`, or with `no-cache`. */
  readonly maxStaleMs: number;
  /** Whether the client refuses to wait. */
  readonly onlyIfCached: boolean;
}

const ANY_FRESHNESS: RequestedFreshness = { maxAgeMs: undefined, maxStaleMs: 0, onlyIfCached: false };

/**
 * Parses the `Cache-Control` of a request. Of several values, the strictest applies. Malformed and unknown directives are ignored
 * (RFC 9111, sections 1.2.2, 4.2.1 and 5.2).
 */
export function parseRequestedFreshness(cacheControl: string | undefined): RequestedFreshness {
  if (cacheControl === undefined) return ANY_FRESHNESS;
  let [maxAgeMs, maxStaleMs, onlyIfCached] = [Infinity, Infinity, false];
  let hasMaxStale = false;
  for (const [name, argument] of parseDirectives(cacheControl)) {
    if (name === 'no-cache') [maxAgeMs, maxStaleMs] = [0, 0];
    else if (name === 'max-age') maxAgeMs = Math.min(maxAgeMs, parseSeconds(argument) ?? Infinity);
    else if (name === 'only-if-cached') onlyIfCached = true;
    else if (name === 'max-stale' && (argument === undefined || parseSeconds(argument) !== undefined)) {
      hasMaxStale = true;
      maxStaleMs = Math.min(maxStaleMs, parseSeconds(argument) ?? Infinity);
    }
  }
  return {
    maxAgeMs: maxAgeMs === Infinity ? undefined : maxAgeMs,
    maxStaleMs: hasMaxStale ? maxStaleMs : 0,
    onlyIfCached,
  };
}

/** Returns the argument in milliseconds. */
function parseSeconds(argument: string | undefined): number | undefined {
  if (argument === undefined || !/^\d+$/.test(argument)) return undefined;
  return Math.min(Number(argument), MAX_SECONDS) * 1000;
}

/** Parses the directives of a `Cache-Control` field, with lower-case names; skips malformed ones. */
function* parseDirectives(field: string): Generator<readonly [name: string, argument: string | undefined]> {
  for (let position = 0; position < field.length;) {
    SEPARATORS.lastIndex = position;
    SEPARATORS.test(field);
    DIRECTIVE.lastIndex = SEPARATORS.lastIndex;
    const match = DIRECTIVE.exec(field);
    if (match === null) {
      const comma = field.indexOf(',', SEPARATORS.lastIndex);
      position = comma === -1 ? field.length : comma + 1;
      continue;
    }
    position = DIRECTIVE.lastIndex;
    const [, name = '', token, quoted] = match;
    yield [name.toLowerCase(), token ?? quoted?.replace(/\\(.)/g, '$1')];
  }
}
