import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { placeholderRow, psRow, row } from '../../support/docker/docker-rows.js';
import type { FakeCommandRunner } from '../../support/docker/fake-command-runner.js';
import {
  readDashboardExpressions,
  readDashboardPanels,
  readDashboardVariables,
  readRecordingRules,
  readRuleExpressions,
} from '../../support/prometheus/prometheus-files.js';
import { findLabelMatchers, findNames } from '../../support/prometheus/promql.js';
import { parseMetrics, type ServedMetric } from '../../support/prometheus/served-metrics.js';
import { bootApp, type TestApp } from '../../support/service/test-app.js';

/** Series and labels that Prometheus itself adds, and the label that only a service with several Docker hosts has. */
const ADDED_BY_PROMETHEUS = { series: ['up'], labels: ['job', 'instance', 'le', 'host'] };

/** Labels whose values all exist from the start. */
const COMPLETE_LABELS = new Set(['reason', 'result', 'direction', 'state', 'health']);

let test: TestApp<FakeCommandRunner>;
let served: readonly ServedMetric[];
beforeAll(async () => {
  test = await bootApp();
  test.runner.stats = { stdout: row() + placeholderRow('aaaaaaaaaaaa') };
  test.runner.ps = { stdout: psRow() + psRow({ ID: 'a'.repeat(64) }) };
  await test.get('/metrics').expect(200); // request and event loop metrics exist only after a scrape
  await vi.waitFor(async () => {
    served = parseMetrics((await test.get('/metrics')).text);
    if (!served.some(({ labels }) => labels.has('route'))) throw new Error('no request has ended yet');
  });
});
afterAll(() => test.app.close());

/** Formats the table of `docs/metrics.md`. */
function formatTable(): string {
  const rows = served.map(({ name, type, labels, help }) => {
    const named = [...labels.keys()].map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${type} | ${named} | ${help} |`;
  });
  return ['| name | type | labels | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** Returns the labels of a series, with their values. */
function getLabels(series: string): ServedMetric['labels'] {
  return served.find(({ seriesNames }) => seriesNames.has(series))?.labels ?? new Map();
}

const expressions = [
  ...readDashboardExpressions().map(({ panel, expression }) => [`panel "${panel}"`, expression] as const),
  ...readRuleExpressions().map((expression) => ['a rule', expression] as const),
];

it('docs/metrics.md lists every metric with its type, labels and help text', () => {
  expect(readFileSync('docs/metrics.md', 'utf8')).toContain(`\n${formatTable()}\n`);
});

describe('Grafana dashboard and Prometheus rules', () => {
  it.each(expressions)('use only existing series and labels: %s: %s', (_where, expression) => {
    const { series, labels } = findNames(expression);
    const knownSeries = served.flatMap(({ seriesNames }) => [...seriesNames]);
    const knownLabels = served.flatMap((metric) => [...metric.labels.keys()]);
    expect([...knownSeries, ...readRecordingRules(), ...ADDED_BY_PROMETHEUS.series]).toEqual(
      expect.arrayContaining([...series]),
    );
    expect([...knownLabels, ...ADDED_BY_PROMETHEUS.labels]).toEqual(expect.arrayContaining([...labels]));
    expect(series).not.toEqual([]);
  });

  it.each(expressions)(
    'filter by labels of the metric and by existing values: %s: %s',
    (_where, expression) => {
      const matchers = findLabelMatchers(expression).filter(
        ({ label }) => !ADDED_BY_PROMETHEUS.labels.includes(label),
      );
      for (const { series, label } of matchers) expect([...getLabels(series).keys()]).toContain(label);
      for (const { series, label, values } of matchers.filter((matcher) =>
        COMPLETE_LABELS.has(matcher.label),
      )) {
        expect([...(getLabels(series).get(label) ?? [])]).toEqual(expect.arrayContaining([...values]));
      }
    },
  );

  it('use every metric of the service', () => {
    const used = new Set(expressions.flatMap(([, expression]) => findNames(expression).series));
    const own = served.filter(({ name }) => name.startsWith('docker_'));
    expect(own.length).toBeGreaterThan(15);
    expect(own.filter(({ seriesNames }) => ![...seriesNames].every((name) => used.has(name)))).toEqual([]);
    expect(readRecordingRules().filter((name) => !/^instance(_\w+)?:docker_\w+:\w+$/.test(name))).toEqual([]);
  });

  it('take the values of dashboard variables from metrics with these labels', () => {
    expect(readDashboardVariables()).toEqual([
      { metric: 'docker_stats_api_build_info', label: 'instance' },
      { metric: 'docker_container_info', label: 'project' },
      { metric: 'docker_container_info', label: 'name' },
    ]);
  });

  it('have dashboard panels with different ids that do not overlap', () => {
    const panels = readDashboardPanels();
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ title, gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, n) => ({ title, cell: `${x + (n % w)},${y + Math.floor(n / w)}` })),
    );
    const titles = new Map(cells.map(({ title, cell }) => [cell, title]));
    expect(cells.filter(({ title, cell }) => titles.get(cell) !== title)).toEqual([]);
  });

  it('are parsed completely: every expression, series and label', () => {
    const rules = readFileSync('deploy/prometheus/rules.yml', 'utf8');
    expect(readRuleExpressions()).toHaveLength(rules.split('expr:').length - 1);
    expect(readRuleExpressions().filter((expression) => expression.length < 12)).toEqual([]);
    expect(readDashboardExpressions().filter(({ expression }) => expression.includes('$'))).toEqual([]);
    expect(
      findNames(
        'sum by (x, y) (rate(a_total{b=~"c(d)|{e}",f!=""}[5m] offset 1h)) / on (z) group_left () g:h or i > 1e3',
      ),
    ).toEqual({ series: ['a_total', 'g:h', 'i'], labels: ['b', 'f', 'x', 'y', 'z'] });
    expect(findLabelMatchers('rate(a_total{b=~"c|d",e!=""}[5m]) / f:g{h="i"}')).toEqual([
      { series: 'a_total', label: 'b', values: ['c', 'd'] },
      { series: 'a_total', label: 'e', values: [''] },
      { series: 'f:g', label: 'h', values: ['i'] },
    ]);
  });
});
