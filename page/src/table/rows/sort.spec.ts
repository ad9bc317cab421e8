import type { ContainerStats } from 'docker-stats-client';
import { describe, expect, it } from 'vitest';
import { createContainer, createStats } from '../../live/stats.fixture.js';
import { createRows, getRowName } from './row.js';
import { formatSortOrder, parseSortOrder, sortRows, toggleSortOrder } from './sort.js';

/** The names of the containers, sorted. */
function sort(order: string, containers: readonly ContainerStats[]): string[] {
  const skipped = [{ container: 'skipped', id: null, project: null, reason: 'starting' }] as const;
  const parsed = parseSortOrder(order);
  return parsed === undefined
    ? []
    : sortRows(createRows(createStats(containers, skipped)), parsed).map(getRowName);
}

describe('parseSortOrder', () => {
  it.each(['name', 'host', '-cpuUsage', 'networkSent', '-health'])(
    'reads %s, which formatSortOrder writes',
    (text) => {
      expect(formatSortOrder(parseSortOrder(text) ?? { field: 'pids', descending: true })).toBe(text);
    },
  );

  it.each(['', '-', 'cpu', '--name', 'id', 'toString'])('refuses %o', (text) => {
    expect(parseSortOrder(text)).toBeUndefined();
  });
});

describe('toggleSortOrder', () => {
  it('reverses the order of the same field', () => {
    expect(toggleSortOrder({ field: 'pids', descending: true }, 'pids')).toEqual({
      field: 'pids',
      descending: false,
    });
  });

  it('sorts by a new figure descending, and by a new text ascending', () => {
    const byName = { field: 'name', descending: true } as const;
    expect(toggleSortOrder(byName, 'cpuUsage')).toEqual({ field: 'cpuUsage', descending: true });
    expect(toggleSortOrder(byName, 'image')).toEqual({ field: 'image', descending: false });
  });
});

describe('sortRows', () => {
  it('sorts names without case, and numbers in names by their value', () => {
    const names = ['web-10', 'Web-2', 'api', 'web-1'].map((name) => createContainer({ name }));
    expect(sort('name', names)).toEqual(['api', 'skipped', 'web-1', 'Web-2', 'web-10']);
    expect(sort('-name', names)).toEqual(['web-10', 'Web-2', 'web-1', 'skipped', 'api']);
  });

  it('sorts by a figure, and the same figures by name', () => {
    const containers = [
      createContainer({ name: 'b', cpuUsage: 5 }),
      createContainer({ name: 'a', cpuUsage: 5 }),
      createContainer({ name: 'c', cpuUsage: 12 }),
    ];
    expect(sort('-cpuUsage', containers)).toEqual(['c', 'a', 'b', 'skipped']);
    expect(sort('cpuUsage', containers)).toEqual(['a', 'b', 'c', 'skipped']);
  });

  it('puts unknown figures and skipped containers last in both directions', () => {
    const containers = [
      createContainer({ name: 'unknown', pids: null }),
      createContainer({ name: 'zero', pids: 0 }),
      createContainer({ name: 'one', pids: 1 }),
    ];
    expect(sort('-pids', containers)).toEqual(['one', 'zero', 'skipped', 'unknown']);
    expect(sort('pids', containers)).toEqual(['zero', 'one', 'skipped', 'unknown']);
  });

  it('sorts by health with the unhealthy containers first', () => {
    const containers = [
      createContainer({ name: 'good', health: 'healthy' }),
      createContainer({ name: 'none' }),
      createContainer({ name: 'paused', state: 'paused' }),
      createContainer({ name: 'new', health: 'starting' }),
      createContainer({ name: 'bad', health: 'unhealthy' }),
    ];
    expect(sort('health', containers)).toEqual(['bad', 'new', 'paused', 'good', 'none', 'skipped']);
  });
});
