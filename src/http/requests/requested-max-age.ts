/** One directive and its argument, a token or a quoted string (RFC 9111, section 5.2; RFC 9110, section 5.6). */
const DIRECTIVE = /([!#$%&'*+.^`|~\w-]+)(?:=(?:([!#$%&'*+.^`|~\w-]+)|"((?:[^"\\]|\\.)*)"))?[\t ]*(?:,|$)/y;

/** The separators between two directives; a list may have empty members. */
const SEPARATORS = /[\t ,]*/y;

/** Larger numbers of seconds count as this one (RFC 9111, section 1.2.2). */
const MAX_SECONDS = 2 ** 31;

/**
 * Parses the maximum age of a response, in milliseconds, from the `Cache-Control` of a request: 0 for `no-cache`, N seconds for
 * `max-age=N`, the smallest of several, `undefined` without either. Malformed and unknown directives are ignored
 * (RFC 9111, sections 1.2.2, 5.2 and 5.2.1).
 */
export function parseMaxAgeMs(cacheControl: string | undefined): number | undefined {
  if (cacheControl === undefined) return undefined;
  const ages: number[] = [];
  for (const [name, argument] of parseDirectives(cacheControl)) {
    if (name === 'no-cache') ages.push(0);
    if (name === 'max-age' && argument !== undefined && /^\d+$/.test(argument)) {
      ages.push(Math.min(Number(argument), MAX_SECONDS) * 1000);
    }
  }
  return ages.length === 0 ? undefined : Math.min(...ages);
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
