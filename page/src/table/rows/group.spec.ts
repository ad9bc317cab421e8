import { describe, expect, it } from 'vitest';
import { type TableRow, addGroupRows, sortByGroup } from './group.js';
import { createContainer, createSkippedHost, createStats } from '../../live/stats.fixture.js';
import { createRows, getRowName } from './row.js';
import { type SortOrder, sortRows } from './sort.js';

const rows = createRows(
  createStats(
    [
      createContainer({ name: 'a-1', project: 'a', cpuUsage: 30, memoryUsage: 1 }),
      createContainer({ name: 'a-2', project: 'a', cpuUsage: 30, memoryUsage: null }),
      createContainer({ name: 'alone', cpuUsage: 100, memoryUsage: 3 }),
      createContainer({ name: 'b-1', project: 'b', cpuUsage: 50, memoryUsage: 2 }),
    ],
    [{ container: 'b-2', id: null, project: 'b', reason: 'restarting' }],
  ),
);

function show(row: TableRow): string {
  return row.kind === 'group' ? `[${row.name}]` : getRowName(row);
}

function group(order: SortOrder, collapsed: readonly string[] = []): string[] {
  const sorted = sortByGroup(sortRows(rows, order), 'project', order);
  return addGroupRows(sorted, 'project', new Set(collapsed)).map(show);
}

describe('sortByGroup', () => {
  it('sorts projects by their sum, and the containers in each of them; those without a project are last', () => {
    expect(group({ field: 'cpuUsage', descending: true })).toEqual([
      '[a]',
      'a-1',
      'a-2',
      '[b]',
      'b-1',
      'b-2',
      '[]',
      'alone',
    ]);
    expect(group({ field: 'cpuUsage', descending: false }).slice(0, 2)).toEqual(['[b]', 'b-1']);
  });

  it('sorts projects by their first container if the field has no sum', () => {
    expect(group({ field: 'name', descending: true })).toEqual([
      '[b]',
      'b-2',
      'b-1',
      '[a]',
      'a-2',
      'a-1',
      '[]',
      'alone',
    ]);
  });
});

describe('addGroupRows', () => {
  it('hides the containers of a collapsed project', () => {
    expect(group({ field: 'cpuUsage', descending: true }, ['a', ''])).toEqual([
      '[a]',
      '[b]',
      'b-1',
      'b-2',
      '[]',
    ]);
  });

  it('adds up the figures of a project; a sum with an unknown figure is unknown', () => {
    const [a] = addGroupRows(rows, 'project', new Set());
    expect(a).toMatchObject({ name: 'a', containers: 2, sums: { cpuUsage: 60, memoryUsage: null } });
  });

  it('does not add up containers that have ended', () => {
    const ended = rows.map((row) => (row.key === 'a-1' ? { ...row, ended: true as const } : row));
    expect(addGroupRows(ended, 'project', new Set())[0]).toMatchObject({
      containers: 1,
      sums: { cpuUsage: 30 },
    });
  });

  it('groups by Docker host; of a host without figures, nothing is known', () => {
    const hosts = createRows({
      ...createStats([
        createContainer({ host: 'web1', id: '1', name: 'app', cpuUsage: 1 }),
        createContainer({ host: 'web2', id: '1', name: 'app', cpuUsage: 2 }),
        createContainer({ host: 'web1', id: '2', name: 'cache', cpuUsage: 3 }),
      ]),
      skipped: [createSkippedHost('db1')],
    });
    const groups = addGroupRows(hosts, 'host', new Set(['web1', 'web2']));
    expect(groups).toMatchObject([
      { label: 'web1', containers: 2, sums: { cpuUsage: 4 } },
      { label: 'web2', containers: 1, sums: { cpuUsage: 2 } },
      { label: 'db1', containers: 0, sums: { cpuUsage: null, memoryUsage: null } },
      { kind: 'skipped' },
    ]);
  });
});
