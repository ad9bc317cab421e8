/**
 * Whether a whole text, such as a container name, matches a pattern, case-sensitively: `*` matches any characters, `?` exactly one. The worst
 * case takes `text.length * pattern.length` steps, so no pattern can block the service.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  let star = -1; // the position of the last `*`
  let starEnd = 0; // the position in the text up to which that `*` matches
  let p = 0;
  for (let n = 0; n < text.length;) {
    if (pattern[p] === '*') {
      star = p++;
      starEnd = n;
    } else if (pattern[p] === '?') {
      p++;
      n += (text.codePointAt(n) ?? 0) > 0xffff ? 2 : 1; // an emoji is one character, but two in a string
    } else if (pattern[p] === text[n]) {
      p++;
      n++;
    } else if (star !== -1) {
      p = star + 1; // let the last `*` match one more character
      n = ++starEnd;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/** Returns the same list for patterns that select the same: their order does not matter. */
export function normalizePatterns(patterns: readonly string[] | undefined): readonly string[] | undefined {
  return patterns && [...new Set(patterns)].toSorted();
}
