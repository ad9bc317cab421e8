/** One directive and its argument, a token or a quoted string (RFC 9111, section 5.2; RFC 9110, section 5.6). */
const DIRECTIVE = /([!#$%&'*+.^`|~\w-]+)(?:=(?:([!#$%&'*+.^`|~\w-]+)|"((?:[^"\\]|\\.)*)"))?[\t ]*(?:,|$)/y;

/** What lies between two members of a list, empty ones among them. */
const SEPARATORS = /[\t ,]*/y;

/** Seconds that stand for "for ever" (RFC 9111, section 1.2.2). */
const MAX_SECONDS = 2 ** 31;

/**
 * How old an answer may be, in milliseconds, by the `Cache-Control` of a request: 0 for `no-cache`, N seconds for
 * `max-age=N`, the smallest of several, and `undefined` without either. What is malformed is ignored (RFC 9111,
 * sections 1.2.2, 5.2 and 5.2.1).
 */
export function requestedMaxAgeMs(cacheControl: string | undefined): number | undefined {
  if (cacheControl === undefined) return undefined;
  const ages: number[] = [];
  for (const [name, argument] of directivesOf(cacheControl)) {
    if (name === 'no-cache') ages.push(0);
    if (name === 'max-age' && argument !== undefined && /^\d+$/.test(argument)) {
      ages.push(Math.min(Number(argument), MAX_SECONDS) * 1000);
    }
  }
  return ages.length === 0 ? undefined : Math.min(...ages);
}

/** The directives of a `Cache-Control` field, with lower-case names; a member that is no directive is passed over. */
function* directivesOf(field: string): Generator<readonly [name: string, argument: string | undefined]> {
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
