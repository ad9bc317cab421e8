/** Yields the lines of a text, trimmed. A generator needs no array of all lines, and the text may have many megabytes. */
export function* splitLines(text: string): Generator<string> {
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    yield text.slice(start, end).trim();
    start = end + 1;
  }
}
