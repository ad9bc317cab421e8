import { readFileSync } from 'node:fs';

const RULES = 'deploy/prometheus/rules.yml';
const DASHBOARD = 'deploy/grafana/docker-stats-api.json';

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

/** Returns the names of the recording rules. */
export function readRecordingRules(): string[] {
  return [...readFileSync(RULES, 'utf8').matchAll(/^ +- record: (\S+)$/gm)].map(([, name = '']) => name);
}

/** Returns the expressions of all rules. */
export function readRuleExpressions(): string[] {
  const lines = [...readFileSync(RULES, 'utf8').matchAll(/^ +expr: (?:>-\n((?: {10}.*\n)+)|(.*)\n)/gm)];
  return lines.map(([, folded, plain]) => (folded ?? plain ?? '').replace(/\s+/g, ' ').trim());
}

/** Returns the expressions of all dashboard panels, with variables that select every container. */
export function readDashboardExpressions(): { readonly panel: string; readonly expression: string }[] {
  return readDashboard().panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ panel: title, expression: replaceVariables(expr) })),
  );
}

/** Returns all dashboard panels. */
export function readDashboardPanels(): readonly Panel[] {
  return readDashboard().panels;
}

/** Returns the metric and the label that each dashboard variable reads its values from. */
export function readDashboardVariables(): { readonly metric: string; readonly label: string }[] {
  return readDashboard().templating.list.flatMap(({ definition = '' }) => {
    const [, metric, label] = /^label_values\((\w+).*, (\w+)\)$/.exec(definition) ?? [];
    return metric === undefined || label === undefined ? [] : [{ metric, label }];
  });
}

function readDashboard(): Dashboard {
  return JSON.parse(readFileSync(DASHBOARD, 'utf8')) as Dashboard;
}

function replaceVariables(expression: string): string {
  return expression
    .replaceAll('$__rate_interval', '1m')
    .replaceAll(/\$(?:instance|name)\b/g, '.+')
    .replaceAll('$project', '.*');
}
