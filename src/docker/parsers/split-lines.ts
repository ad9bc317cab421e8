/** How many empty lines are skipped at once, so that the work between two lines stays short. */
const MAX_SKIPPED = 100_000;

const LINE_FEED = 0x0a;

/**
 * Yields the lines of a text, trimmed; only one for many empty lines in a row. A generator needs no array of all lines, and the
 * text may have many megabytes.
 */
export function* splitLines(text: string): Generator<string> {
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    yield text.slice(start, end).trim();
    start = end + 1;
    const limit = Math.min(start + MAX_SKIPPED, text.length);
    while (start < limit && text.charCodeAt(start) === LINE_FEED) start++;
  }
}
