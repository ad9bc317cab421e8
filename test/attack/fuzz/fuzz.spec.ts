import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { placeholderRow, psRow, row } from '../../support/docker/docker-rows.js';
import { failure, FakeCommandRunner } from '../../support/docker/fake-command-runner.js';
import { KEY } from './fuzz-requests.js';
import { expectCleanEnd, FuzzedService, RUNS, sendRandomRequests, TIMEOUT_MS } from './fuzzed-service.js';

const SECRET_ID = 'b'.repeat(64);

const PS =
  psRow() + psRow({ ID: SECRET_ID, Names: 'secret', 'com.docker.compose.project': 'secret-project' });

/**
 * What docker returns, in which share of the runs, and whether a status 500 is correct then. The failures come last: the
 * service keeps a failure for a while.
 */
const DOCKER = [
  {
    returns: 'two containers',
    stats: { stdout: row({ Name: 'web-1' }) + row({ Name: 'secret', ID: SECRET_ID, CPUPerc: '1e39%' }) },
    share: 0.6,
    fails: false,
  },
  { returns: 'no containers', stats: { stdout: '' }, share: 0.2, fails: false },
  {
    returns: 'a row without values',
    stats: { stdout: placeholderRow('cccccccccccc') },
    share: 0.1,
    fails: true,
  },
  {
    returns: 'an error',
    stats: failure('Error response from daemon: secret is broken'),
    share: 0.1,
    fails: true,
  },
] as const;

/** Every value that `route` may have in the log: a pattern, never the requested path. */
const ROUTES = [
  '/',
  '/assets/:file',
  '/containers/:reference/stats',
  '/containers/:reference/stats/history',
  '/docs',
  '/docs-json',
  '/docs/:file',
  '/health/ready',
  '/hosts',
  '/hosts/:host/containers/:reference/stats',
  '/hosts/:host/containers/:reference/stats/history',
  '/metrics',
  '/projects',
  '/stats',
  '/stats/history',
  '/stats/stream',
  'unmatched',
];

let service: FuzzedService<FakeCommandRunner>;
beforeAll(async () => {
  service = await FuzzedService.start(new FakeCommandRunner());
  service.test.runner.ps = { stdout: PS };
});
afterAll(() => service.test.app.close());
beforeEach(() => service.collectErrors());

describe(`${RUNS} random HTTP requests`, () => {
  it.each(DOCKER)(
    'get only documented responses, and no leaked key, while docker returns $returns',
    async ({ stats, share, fails }) => {
      service.test.runner.stats = stats;
      await sendRandomRequests(service, Math.ceil(RUNS * share), ({ status, body }, request) => {
        expect(status === 500 && !fails).toBe(false);
        expect(status).not.toBe(503); // docker version works
        expect(body.includes('secret') && !request.includes(KEY)).toBe(false); // outside the scope of the other keys
      });
    },
    TIMEOUT_MS,
  );

  it('reached every route and the main statuses, and left no key in the log and no open connection', async () => {
    expect([...service.requestsByRoute.values()].reduce((sum, n) => sum + n)).toBeGreaterThan(RUNS / 2);
    expect([...service.requestsByRoute.keys()].toSorted()).toEqual(ROUTES);
    await expectCleanEnd(service, [200, 204, 304, 400, 401, 404, 405, 413, 431, 500]);
  });
});
