import { describe, expect, it } from 'vitest';
import { filterRows } from './filter.js';
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
