import { expect, it } from 'vitest';
import { createContainer, createSkippedHost, createStats } from '../../live/stats.fixture.js';
import { createRows, getRowName } from './row.js';
import { sortRows } from './sort.js';

const id = 'a'.repeat(64);
const rows = createRows({
  ...createStats([
    createContainer({ host: 'web2', id, name: 'app' }),
    createContainer({ host: 'web1', id, name: 'app' }),
  ]),
  skipped: [
    createSkippedHost('db1'),
    { host: 'web1', container: 'job', id: null, project: null, reason: 'restarting' },
    { host: 'web1', container: null, id: null, project: null, reason: 'malformed' },
  ],
});

it('Rows of several Docker hosts have different keys, and the name of the host if the host has no figures', () => {
  expect(rows.map(getRowName)).toEqual(['app', 'app', 'db1', 'job', 'unknown container']);
  expect(new Set(rows.map(({ key }) => key)).size).toBe(5);
});

it('Rows are sorted by Docker host, then by name', () => {
  const sorted = sortRows(rows, { field: 'host', descending: true });
  expect(sorted.map((row) => `${row.host ?? ''} ${getRowName(row)}`)).toEqual([
    'web2 app',
    'web1 app',
    'web1 job',
    'web1 unknown container',
    'db1 db1',
  ]);
});
