import { PromqlError, type Matcher } from './promql-reader.js';

/** The labels of a series. */
export type Labels = Readonly<Record<string, string>>;

/** Whether labels match all matchers. A missing label is an empty one. */
export function matchesAll(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every(({ label, operator, value }) => {
    const text = labels[label] ?? '';
    const isMatch = operator.endsWith('~') ? matchesRegex(value, text) : value === text;
    return isMatch !== operator.startsWith('!');
  });
}

/** Whether a regular expression of RE2 matches a whole text. */
export function matchesRegex(regex: string, text: string): boolean {
  // Node 20 has no `(?s:…)`.
  const [, flags, group] = /^\(\?(s):(.*)\)$/s.exec(regex) ?? [undefined, '', regex];
  try {
    return new RegExp(`^(?:${group})$`, `u${flags}`).test(text);
  } catch {
    throw new PromqlError(`error parsing regexp: ${regex}`);
  }
}

/** Returns labels without the name of the metric. */
export function dropName({ __name__: _name, ...labels }: Labels): Labels {
  return labels;
}
