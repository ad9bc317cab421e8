/** The characters with a meaning in a regular expression of RE2. */
const SPECIAL = /[\\.+*?()|[\]{}^$]/g;

/** Writes a text as a string literal of PromQL. */
export function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`)}"`;
}

/** Writes a matcher for the values of a label that at least one pattern matches; see `matchesPattern`. */
export function formatMatcher(label: string, patterns: readonly string[]): string {
  return `${label}=~${quote(`(?s:${patterns.map(toRegex).join('|')})`)}`;
}

/** Writes a selector of a metric, or of all metrics whose name the matchers select. */
export function formatSelector(metric: string, matchers: readonly string[]): string {
  return `${metric}{${matchers.filter(Boolean).join(',')}}`;
}

function toRegex(pattern: string): string {
  return pattern.replace(SPECIAL, (character) => {
    if (character === '*') return '.*';
    return character === '?' ? '.' : `\\${character}`;
  });
}
