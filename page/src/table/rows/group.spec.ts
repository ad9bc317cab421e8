import { describe, expect, it } from 'vitest';
import { type TableRow, addProjectRows, sortByProject } from './group.js';
import { createContainer, createStats } from '../../live/stats.fixture.js';
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
  return row.kind === 'project' ? `[${row.project ?? ''}]` : getRowName(row);
}

function group(order: SortOrder, collapsed: readonly string[] = []): string[] {
  const sorted = sortByProject(sortRows(rows, order), order);
  return addProjectRows(sorted, new Set(collapsed)).map(show);
}

describe('sortByProject', () => {
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

describe('addProjectRows', () => {
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
    const [a] = addProjectRows(rows, new Set());
    expect(a).toMatchObject({ project: 'a', containers: 2, sums: { cpuUsage: 60, memoryUsage: null } });
  });

  it('does not add up containers that have ended', () => {
    const ended = rows.map((row) => (row.key === 'a-1' ? { ...row, ended: true as const } : row));
    expect(addProjectRows(ended, new Set())[0]).toMatchObject({ containers: 1, sums: { cpuUsage: 30 } });
  });
});
