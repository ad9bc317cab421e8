import { describe, expect, it } from 'vitest';
import { DEFAULT_VIEW, formatView, parseView } from './view-state.js';

describe('View state in the URL', () => {
  it('is empty for the default view', () => {
    expect(formatView(DEFAULT_VIEW)).toBe('');
    expect(parseView('')).toEqual(DEFAULT_VIEW);
  });

  it('is the same after it was formatted and parsed', () => {
    const view = {
      filter: 'web-* project:shop & more',
      sort: { field: 'name', descending: true },
      groupBy: 'project',
      collapsed: new Set(['shop & co', '']),
      cpuUnit: 'cores',
      container: 'a'.repeat(64),
      host: 'web1',
      isWall: true,
    } as const;
    expect(parseView(formatView(view))).toEqual(view);
  });

  it('has the group of hosts', () => {
    expect(formatView({ ...DEFAULT_VIEW, groupBy: 'host' })).toBe('?group=host');
    expect(parseView('?group=host').groupBy).toBe('host');
  });

  it('ignores what it does not know', () => {
    expect(parseView('?sort=-nothing&group=x&cpu=watts&other=1')).toEqual(DEFAULT_VIEW);
  });
});
