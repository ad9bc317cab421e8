import type { FullStats } from 'docker-stats-client';
import { describe, expect, it } from 'vitest';
import { type OrderedRows, RowOrder } from './row-order.js';
import { createContainer, createStats } from '../../live/stats.fixture.js';
import { getRowName } from './row.js';

const byCpu = { filter: '', sort: { field: 'cpuUsage', descending: true }, groupBy: undefined } as const;
const yes = (): boolean => true;
const no = (): boolean => false;

function sample(a: number, b: number): FullStats {
  return createStats([
    createContainer({ name: 'a', cpuUsage: a }),
    createContainer({ name: 'b', cpuUsage: b }),
  ]);
}

function show({ rows, isHeld }: OrderedRows): string {
  return `${rows.map(getRowName).join(' ')}${isHeld ? ' held' : ''}`;
}

describe('RowOrder', () => {
  it('sorts each sample while the user does not point at the rows', () => {
    const order = new RowOrder();
    expect(show(order.arrange(sample(2, 1), byCpu, no))).toBe('a b');
    expect(show(order.arrange(sample(2, 9), byCpu, no))).toBe('b a');
  });

  it('sorts the first sample even if the user points at the place of the rows', () => {
    expect(show(new RowOrder().arrange(sample(1, 2), byCpu, yes))).toBe('b a');
  });

  it('keeps the order while the user points at the rows, and sorts after the release', () => {
    const order = new RowOrder();
    order.arrange(sample(2, 1), byCpu, no);
    const latest = sample(2, 9);
    expect(show(order.arrange(latest, byCpu, yes))).toBe('a b held');
    expect(order.release()).toBe(true);
    expect(show(order.arrange(latest, byCpu, yes))).toBe('b a');
    expect(order.release()).toBe(false);
  });

  it('sorts at once when the user changes the arrangement, even if the user points at the rows', () => {
    const order = new RowOrder();
    order.arrange(sample(2, 1), byCpu, no);
    const byName = { ...byCpu, sort: { field: 'name', descending: true } } as const;
    expect(show(order.arrange(sample(2, 1), byName, yes))).toBe('b a');
  });

  it('returns the same rows for the same sample', () => {
    const order = new RowOrder();
    const latest = sample(2, 1);
    expect(order.arrange(latest, { ...byCpu }, no).rows).toBe(order.arrange(latest, { ...byCpu }, no).rows);
  });
});
