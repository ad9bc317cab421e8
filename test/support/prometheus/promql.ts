/** The names in a PromQL expression. */
export interface PromqlNames {
  /** The series and recording rules that the expression reads. */
  readonly series: readonly string[];
  /** The labels that the expression matches, groups or joins by. */
  readonly labels: readonly string[];
}

/** A label matcher in a selector. */
export interface LabelMatcher {
  readonly series: string;
  readonly label: string;
  /** The matched values: the alternatives of a regular expression, split at `|`. */
  readonly values: readonly string[];
}

const STRING = /"(?:[^"\\]|\\.)*"/g;
const RANGE = /\[[^\]]*\]/g;
const MATCHERS = /\{([^}]*)\}/g;
const LABEL_LIST = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;
const KEYWORDS = new Set(['and', 'or', 'unless', 'bool', 'offset']);

/** Finds the names in an expression. Grafana variables must be replaced before. */
export function findNames(expression: string): PromqlNames {
  const labels: string[] = [];
  const collect = (_text: string, list: string): string => {
    labels.push(...(list.match(/\w+/g) ?? []));
    return ' ';
  };
  const rest = expression
    .replace(STRING, '')
    .replace(RANGE, '')
    .replace(MATCHERS, collect)
    .replace(LABEL_LIST, collect);
  const names = [...rest.matchAll(/(?<![\w:.])[a-zA-Z_:][\w:]*(?![\w:]|\s*\()/g)].map(([name]) => name);
  return { series: names.filter((name) => !KEYWORDS.has(name)), labels };
}

/** Finds the label matchers of each series in an expression. */
export function findLabelMatchers(expression: string): LabelMatcher[] {
  const selectors = expression.matchAll(/([a-zA-Z_:][\w:]*)\{([^}]*)\}/g);
  return [...selectors].flatMap(([, series = '', list = '']) =>
    [...list.matchAll(/(\w+)(?:=~|!~|!=|=)"([^"]*)"/g)].map(([, label = '', value = '']) => ({
      series,
      label,
      values: value.split('|'),
    })),
  );
}
