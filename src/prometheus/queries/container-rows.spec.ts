import { describe, expect, it } from 'vitest';
import { readExpression } from '../../../test/support/prometheus/fake/promql-reader.js';
import type { Labels } from '../client/result-parser.js';
import { createContainerQueries, HostContainers } from './container-rows.js';
import { findLabelNames, identifyTarget } from './target-labels.js';

const ID = 'a'.repeat(64);
const TARGET_LABELS = { instance: 'web1', job: 'x' };

/** Creates the reader of a target with these labels. */
function createReader(labels: Labels = {}, hasOthers = false): HostContainers {
  const metric = { ...TARGET_LABELS, ...labels };
  const target = { ...identifyTarget(metric, ['replica']), labelNames: findLabelNames(metric) };
  return new HostContainers('web1', { ...target, scrapedAt: 0, hasOthers }, ['replica']);
}

function add(reader: HostContainers, name: string, value: number, labels: Labels = {}): void {
  const metric = { __name__: `docker_container_${name}`, ...TARGET_LABELS, id: ID, name: 'app', ...labels };
  reader.add({ metric, value: [0, String(value)] });
}

describe('HostContainers', () => {
  it('gives null for each figure without a series', () => {
    const reader = createReader();
    add(reader, 'cpu_usage_ratio', 0.5);
    const { containers } = reader.finish();
    expect(containers).toMatchObject([
      { host: 'web1', id: ID, name: 'app', cpuUsage: 50, memoryUsage: null, memoryPercent: null },
    ]);
  });

  it('names the skipped containers as the service on the host does, by name and id', () => {
    const reader = createReader();
    const skipped = { host: 'web1', project: null, reason: 'no_reading' };
    add(reader, 'skipped', 1, { id: 'f', name: 'twin', project: 'shop', reason: 'timed_out' });
    add(reader, 'skipped', 1, { id: 'e', name: 'twin', reason: 'no_reading' });
    add(reader, 'skipped', 1, { id: 'd', name: 'job', reason: 'starting' });
    const metric = { __name__: 'docker_container_skipped', ...TARGET_LABELS, reason: 'malformed' };
    reader.add({ metric, value: [0, '1'] });
    reader.add({ metric: { ...metric, name: 'odd' }, value: [0, '1'] });
    expect(reader.finish()).toEqual({
      containers: [],
      skipped: [
        { ...skipped, container: null, id: null, reason: 'malformed' },
        { ...skipped, container: 'job', id: 'd', reason: 'starting' },
        { ...skipped, container: 'odd', id: null, reason: 'malformed' },
        { ...skipped, container: 'twin', id: 'e' },
        { ...skipped, container: 'twin', id: 'f', project: 'shop', reason: 'timed_out' },
      ],
    });
  });

  it.each<[string, Labels]>([
    ['that a newer service on the host has', { reason: 'unpacking' }],
    ['that is missing', {}],
  ])('names a skipped container with no_reading for a reason %s', (_what, labels) => {
    const reader = createReader();
    add(reader, 'skipped', 1, { name: 'job', ...labels });
    expect(reader.finish().skipped).toEqual([
      { host: 'web1', container: 'job', id: ID, project: null, reason: 'no_reading' },
    ]);
  });

  it('names a restarting container, which also has a state, once', () => {
    const reader = createReader();
    add(reader, 'info', 1, { name: 'job', project: 'jobs' });
    add(reader, 'state', 1, { name: 'job', state: 'restarting' });
    add(reader, 'skipped', 1, { name: 'job', project: 'jobs', reason: 'restarting' });
    expect(reader.finish().skipped).toEqual([
      { host: 'web1', container: 'job', id: ID, project: 'jobs', reason: 'restarting' },
    ]);
  });

  it('of a service without the metric of skipped containers, skips those without CPU', () => {
    const reader = createReader();
    add(reader, 'info', 1, { id: 'b', name: 'job', project: 'jobs' });
    add(reader, 'state', 1, { id: 'b', name: 'job', state: 'restarting' });
    add(reader, 'info', 1, { id: 'c', name: 'new' });
    expect(reader.finish()).toEqual({
      containers: [],
      skipped: [
        { host: 'web1', container: 'job', id: 'b', project: 'jobs', reason: 'restarting' },
        { host: 'web1', container: 'new', id: 'c', project: null, reason: 'no_reading' },
      ],
    });
  });

  it('has no memory in % without a limit', () => {
    const reader = createReader();
    add(reader, 'cpu_usage_ratio', 0);
    add(reader, 'memory_usage_bytes', 1024);
    add(reader, 'memory_limit_bytes', 0);
    expect(reader.finish().containers).toMatchObject([{ memoryPercent: null }]);
  });

  it('sorts by name, then by id', () => {
    const reader = createReader();
    for (const [id, name] of [
      ['2', 'b'],
      ['1', 'b'],
      ['3', 'a'],
    ] as const)
      add(reader, 'cpu_usage_ratio', 0, { id, name });
    expect(reader.finish().containers.map(({ id }) => id)).toEqual(['3', '1', '2']);
  });

  it('reads the renamed labels if the target has labels with the same names', () => {
    const labels = { service: 'agents', name: 'agent' };
    const reader = createReader(labels);
    add(reader, 'cpu_usage_ratio', 0, { ...labels, exported_name: 'app' });
    add(reader, 'info', 1, { ...labels, exported_name: 'app', exported_service: 'shop-web' });
    expect(reader.finish().containers).toMatchObject([{ name: 'app', service: 'shop-web' }]);
  });

  it('reads the renamed labels of skipped containers', () => {
    const labels = { project: 'monitoring', reason: 'test' };
    const reader = createReader(labels);
    add(reader, 'skipped', 1, { ...labels, exported_project: 'shop', exported_reason: 'starting' });
    expect(reader.finish().skipped).toMatchObject([{ project: 'shop', reason: 'starting' }]);
  });

  it('ignores the series of other targets and replicas of the host', () => {
    const reader = createReader({ replica: 'a' }, true);
    add(reader, 'cpu_usage_ratio', 0.1, { replica: 'b' });
    add(reader, 'cpu_usage_ratio', 0.2, { replica: 'a', job: 'y' });
    add(reader, 'skipped', 1, { replica: 'b', name: 'job', reason: 'starting' });
    expect(reader.finish()).toEqual({ containers: [], skipped: [] });
    add(reader, 'cpu_usage_ratio', 0.3, { replica: 'a' });
    expect(reader.finish().containers).toMatchObject([{ cpuUsage: 30 }]);
  });

  it('ignores series without a container, and unknown metrics', () => {
    const reader = createReader();
    reader.add({ metric: { __name__: 'docker_up', ...TARGET_LABELS }, value: [0, '1'] });
    expect(reader.finish().containers).toEqual([]);
    add(reader, 'cpu_usage_ratio', 0.1);
    add(reader, 'unknown', 5);
    expect(reader.finish().containers).toHaveLength(1);
  });
});

describe('createContainerQueries', () => {
  it('writes expressions with the matchers in each selector', () => {
    const queries = createContainerQueries(['job="x"']);
    queries.forEach((query) => expect(() => readExpression(query)).not.toThrow());
    expect(queries.every((query) => query.split('job="x"').length === query.split('{').length)).toBe(true);
  });
});
