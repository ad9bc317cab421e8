import { describe, expect, it } from 'vitest';
import { arrangeRows } from './arrange.js';
import { createContainer, createStats } from '../../live/stats.fixture.js';
import { type StatsRow, getRowName } from './row.js';

const byCpu = { filter: '', sort: { field: 'cpuUsage', descending: true }, groupBy: undefined } as const;

/** A sample of containers with these CPU figures. */
function sample(figures: Readonly<Record<string, number>>) {
  return createStats(
    Object.entries(figures).map(([name, cpuUsage]) => createContainer({ name, cpuUsage, image: 'app' })),
  );
}

function show(rows: readonly StatsRow[]): string[] {
  return rows.map((row) => {
    const cpu = row.kind === 'container' ? row.container.cpuUsage : '';
    return `${getRowName(row)} ${cpu}${row.ended === true ? ' ended' : ''}`;
  });
}

describe('arrangeRows', () => {
  it('sorts the rows that match the filter', () => {
    const rows = arrangeRows(sample({ web: 1, db: 2, worker: 3 }), { ...byCpu, filter: 'w*' });
    expect(show(rows)).toEqual(['worker 3', 'web 1']);
  });

  it('keeps rows at their places and updates their figures', () => {
    const shown = arrangeRows(sample({ a: 2, b: 1 }), byCpu);
    expect(show(arrangeRows(sample({ a: 2, b: 9 }), byCpu, shown))).toEqual(['a 2', 'b 9']);
  });

  it('keeps the place of a container that has ended, and adds new ones at the end', () => {
    const shown = arrangeRows(sample({ a: 3, b: 2, c: 1 }), byCpu);
    const held = arrangeRows(sample({ b: 2, c: 1, d: 9 }), byCpu, shown);
    expect(show(held)).toEqual(['a 3 ended', 'b 2', 'c 1', 'd 9']);
    expect(show(arrangeRows(sample({ a: 5, b: 2 }), byCpu, held))).toEqual([
      'a 5',
      'b 2',
      'c 1 ended',
      'd 9 ended',
    ]);
  });

  it('gives each skipped container a row, also without a name or with the id of a container', () => {
    const web = createContainer({ name: 'web' });
    const rows = arrangeRows(
      createStats(
        [web],
        [
          { container: 'web', id: web.id, project: null, reason: 'malformed' },
          { container: null, id: null, project: null, reason: 'malformed' },
          { container: null, id: null, project: null, reason: 'no_reading' },
        ],
      ),
      byCpu,
    );
    expect(new Set(rows.map((row) => row.key)).size).toBe(4);
    expect(rows.map(getRowName)).toEqual(['web', 'unknown container', 'unknown container', 'web']);
  });
});
