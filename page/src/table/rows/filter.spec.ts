import { describe, expect, it } from 'vitest';
import { filterRows, selectsHost, toggleHost } from './filter.js';
import { createContainer, createStats } from '../../live/stats.fixture.js';
import { createRows, getRowName } from './row.js';

const rows = createRows(
  createStats(
    [
      createContainer({ name: 'shop-web-1', project: 'shop', image: 'nginx:1.29' }),
      createContainer({ name: 'shop-db-1', project: 'shop', image: 'postgres:18' }),
      createContainer({ name: 'Proxy', image: 'haproxy:3.2' }),
    ],
    [{ container: 'shop-job', id: null, project: 'shop', reason: 'restarting' }],
  ),
);

describe('filterRows', () => {
  it.each([
    ['', ['shop-web-1', 'shop-db-1', 'Proxy', 'shop-job']],
    ['   ', ['shop-web-1', 'shop-db-1', 'Proxy', 'shop-job']],
    ['web', ['shop-web-1']],
    ['POSTGRES', ['shop-db-1']],
    ['proxy', ['Proxy']],
    ['shop nginx', ['shop-web-1']],
    ['shop proxy', []],
    ['shop-?b-1', ['shop-db-1']],
    ['*-1', ['shop-web-1', 'shop-db-1']],
    ['web*', []],
    ['nginx:*', ['shop-web-1']],
    ['project:shop', ['shop-web-1', 'shop-db-1', 'shop-job']],
    ['project:sho*', ['shop-web-1', 'shop-db-1', 'shop-job']],
    ['project:web', []],
    ['image:nginx*', ['shop-web-1']],
    ['Image:haproxy:3.2', ['Proxy']],
    ['name:pro', ['Proxy']],
    ['name:*', ['shop-web-1', 'shop-db-1', 'Proxy', 'shop-job']],
    ['project:', ['shop-web-1', 'shop-db-1', 'shop-job']],
    ['nginx.*', []],
    ['(', []],
  ])('selects with %o the rows %o', (text, names) => {
    expect(filterRows(rows, text).map(getRowName)).toEqual(names);
  });
});

describe('filterRows, with several Docker hosts', () => {
  const hostRows = createRows(
    createStats(['web1', 'web10', 'db1'].map((host) => createContainer({ host, name: `on-${host}` }))),
  );

  it.each([
    ['web1', ['on-web1', 'on-web10']],
    ['host:web1', ['on-web1']],
    ['host:WEB*', ['on-web1', 'on-web10']],
    ['host:web', []],
    ['host:db1 on', ['on-db1']],
  ])('selects with %o the rows %o', (text, names) => {
    expect(filterRows(hostRows, text).map(getRowName)).toEqual(names);
  });
});

describe('toggleHost', () => {
  it('selects a host in the filter instead of another one, and removes it again', () => {
    const selected = toggleHost('nginx  host:web1', 'db1');
    expect(selected).toBe('nginx host:db1');
    expect(['web1', 'db1'].map((host) => selectsHost(selected, host))).toEqual([false, true]);
    expect(toggleHost(selected, 'db1')).toBe('nginx');
  });
});
