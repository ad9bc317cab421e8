import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { row } from '../support/docker-rows.js';
import type { FakeCommandRunner } from '../support/fake-command-runner.js';
import {
  dashboardExpressions,
  dashboardVariables,
  recordingRules,
  ruleExpressions,
} from '../support/prometheus-files.js';
import { matchersIn, namesIn } from '../support/promql.js';
import { metricsIn, type ServedMetric } from '../support/served-metrics.js';
import { bootApp, type TestApp } from '../support/test-app.js';

/** What Prometheus adds to every series, or makes itself. */
const OF_PROMETHEUS = { series: ['up'], labels: ['job', 'instance', 'le'] };

/** Labels that have all their values before anything has happened. */
const FROM_THE_START = new Set(['reason', 'result', 'direction']);

let test: TestApp<FakeCommandRunner>;
let served: readonly ServedMetric[];
beforeAll(async () => {
  test = await bootApp();
  test.runner.stats = { stdout: row() };
  await test.get('/metrics').expect(200); // of requests, and of the event loop, there is nothing before
  await vi.waitFor(async () => {
    served = metricsIn((await test.get('/metrics')).text);
    if (!served.some(({ labels }) => labels.has('route'))) throw new Error('no request has ended yet');
  });
});
afterAll(() => test.app.close());

/** Every metric, as the table of `docs/metrics.md`. */
function table(): string {
  const rows = served.map(({ name, type, labels, help }) => {
    const named = [...labels.keys()].map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${type} | ${named} | ${help} |`;
  });
  return ['| name | type | labels | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** The labels of the metric that a series belongs to, with their values. */
function labelsOf(series: string): ServedMetric['labels'] {
  return served.find(({ seriesNames }) => seriesNames.has(series))?.labels ?? new Map();
}

const expressions = [
  ...dashboardExpressions().map(({ panel, expression }) => [`panel "${panel}"`, expression] as const),
  ...ruleExpressions().map((expression) => ['a rule', expression] as const),
];

it('is documented, every metric of it', () => {
  expect(readFileSync('docs/metrics.md', 'utf8')).toContain(`\n${table()}\n`);
});

describe('the dashboard and the rules', () => {
  it.each(expressions)('name what there is: %s: %s', (_where, expression) => {
    const { series, labels } = namesIn(expression);
    const knownSeries = served.flatMap(({ seriesNames }) => [...seriesNames]);
    const knownLabels = served.flatMap((metric) => [...metric.labels.keys()]);
    expect([...knownSeries, ...recordingRules(), ...OF_PROMETHEUS.series]).toEqual(
      expect.arrayContaining([...series]),
    );
    expect([...knownLabels, ...OF_PROMETHEUS.labels]).toEqual(expect.arrayContaining([...labels]));
    expect(series).not.toEqual([]);
  });

  it.each(expressions)(
    'ask for labels that a metric has, and for values that there are: %s: %s',
    (_where, expression) => {
      const matchers = matchersIn(expression).filter(({ label }) => !OF_PROMETHEUS.labels.includes(label));
      for (const { series, label } of matchers) expect([...labelsOf(series).keys()]).toContain(label);
      for (const { series, label, values } of matchers.filter((matcher) =>
        FROM_THE_START.has(matcher.label),
      )) {
        expect([...(labelsOf(series).get(label) ?? [])]).toEqual(expect.arrayContaining([...values]));
      }
    },
  );

  it('leave out none of our metrics', () => {
    const used = new Set(expressions.flatMap(([, expression]) => namesIn(expression).series));
    const ours = served.filter(({ name }) => name.startsWith('docker_'));
    expect(ours.length).toBeGreaterThan(15);
    expect(ours.filter(({ seriesNames }) => ![...seriesNames].every((name) => used.has(name)))).toEqual([]);
    expect(recordingRules().filter((name) => !/^instance(_\w+)?:docker_\w+:\w+$/.test(name))).toEqual([]);
  });

  it('take the values of the variables from metrics that have these labels', () => {
    expect(dashboardVariables()).toEqual([
      { metric: 'docker_stats_api_build_info', label: 'instance' },
      { metric: 'docker_container_cpu_usage_ratio', label: 'name' },
    ]);
  });

  it('are read whole: every expression, and each name in it', () => {
    const rules = readFileSync('deploy/prometheus/rules.yml', 'utf8');
    expect(ruleExpressions()).toHaveLength(rules.split('expr:').length - 1);
    expect(ruleExpressions().filter((expression) => expression.length < 12)).toEqual([]);
    expect(dashboardExpressions().filter(({ expression }) => expression.includes('$'))).toEqual([]);
    expect(
      namesIn(
        'sum by (x, y) (rate(a_total{b=~"c(d)|{e}",f!=""}[5m] offset 1h)) / on (z) group_left () g:h or i > 1e3',
      ),
    ).toEqual({ series: ['a_total', 'g:h', 'i'], labels: ['b', 'f', 'x', 'y', 'z'] });
    expect(matchersIn('rate(a_total{b=~"c|d",e!=""}[5m]) / f:g{h="i"}')).toEqual([
      { series: 'a_total', label: 'b', values: ['c', 'd'] },
      { series: 'a_total', label: 'e', values: [''] },
      { series: 'f:g', label: 'h', values: ['i'] },
    ]);
  });
});
