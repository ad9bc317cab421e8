/** What a PromQL expression names. */
export interface PromqlNames {
  /** The series and recording rules that it reads. */
  readonly series: readonly string[];
  /** The labels that it matches, groups or joins by. */
  readonly labels: readonly string[];
}

/** What a selector asks of a label of its series. */
export interface LabelMatcher {
  readonly series: string;
  readonly label: string;
  /** The values that it names; those of a pattern between the bars. */
  readonly values: readonly string[];
}

const STRING = /"(?:[^"\\]|\\.)*"/g;
const RANGE = /\[[^\]]*\]/g;
const MATCHERS = /\{([^}]*)\}/g;
const LABEL_LIST = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;
const KEYWORDS = new Set(['and', 'or', 'unless', 'bool', 'offset']);

/** Reads the names in an expression, whose variables of Grafana have values already. */
export function namesIn(expression: string): PromqlNames {
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

/** What an expression asks of the labels of each series. */
export function matchersIn(expression: string): LabelMatcher[] {
  const selectors = expression.matchAll(/([a-zA-Z_:][\w:]*)\{([^}]*)\}/g);
  return [...selectors].flatMap(([, series = '', list = '']) =>
    [...list.matchAll(/(\w+)(?:=~|!~|!=|=)"([^"]*)"/g)].map(([, label = '', value = '']) => ({
      series,
      label,
      values: value.split('|'),
    })),
  );
}
