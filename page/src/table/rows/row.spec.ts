import type { FullStats } from 'docker-stats-client';
import { expect, it } from 'vitest';
import { createContainer, createStats } from '../../live/stats.fixture.js';
import { createRows, getRowName } from './row.js';

it('Rows of several Docker hosts have different keys and show the host before the name', () => {
  const id = 'a'.repeat(64);
  const since = '2027-01-31T12:00:00Z';
  const sample: FullStats = {
    ...createStats([
      createContainer({ host: 'web1', id, name: 'app' }),
      createContainer({ host: 'web2', id, name: 'app' }),
    ]),
    skipped: [
      { host: 'db1', container: null, id: null, project: null, reason: 'docker_timeout', since },
      { host: 'web1', container: 'job', id: null, project: null, reason: 'restarting' },
    ],
  };
  const rows = createRows(sample);
  expect(rows.map(getRowName)).toEqual(['web1/app', 'web2/app', 'db1', 'web1/job']);
  expect(new Set(rows.map(({ key }) => key)).size).toBe(4);
});
