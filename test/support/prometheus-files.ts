import { readFileSync } from 'node:fs';

const RULES = 'deploy/prometheus/rules.yml';
const DASHBOARD = 'deploy/grafana/docker-stats-api.json';

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

/** The names of the recording rules. */
export function recordingRules(): string[] {
  return [...readFileSync(RULES, 'utf8').matchAll(/^ +- record: (\S+)$/gm)].map(([, name = '']) => name);
}

/** The expressions of all rules. */
export function ruleExpressions(): string[] {
  const lines = [...readFileSync(RULES, 'utf8').matchAll(/^ +expr: (?:>-\n((?: {10}.*\n)+)|(.*)\n)/gm)];
  return lines.map(([, folded, plain]) => (folded ?? plain ?? '').replace(/\s+/g, ' ').trim());
}

/** The expressions of all panels of the dashboard, for all instances and containers. */
export function dashboardExpressions(): { readonly panel: string; readonly expression: string }[] {
  return readDashboard().panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ panel: title, expression: withValues(expr) })),
  );
}

/** Where the dashboard takes the values of its variables from: a metric, and one of its labels. */
export function dashboardVariables(): { readonly metric: string; readonly label: string }[] {
  return readDashboard().templating.list.flatMap(({ definition = '' }) => {
    const [, metric, label] = /^label_values\((\w+).*, (\w+)\)$/.exec(definition) ?? [];
    return metric === undefined || label === undefined ? [] : [{ metric, label }];
  });
}

function readDashboard(): Dashboard {
  return JSON.parse(readFileSync(DASHBOARD, 'utf8')) as Dashboard;
}

function withValues(expression: string): string {
  return expression.replaceAll('$__rate_interval', '1m').replaceAll(/\$(?:instance|name)\b/g, '.+');
}
