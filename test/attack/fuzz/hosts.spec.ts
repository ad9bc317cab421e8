import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HOSTS_KEY, KEY, PROJECT_KEY, SCOPED_KEY } from './fuzz-requests.js';
import { expectCleanEnd, FuzzedService, RUNS, sendRandomRequests, TIMEOUT_MS } from './fuzzed-service.js';
import { UNRELIABLE_HOSTS, UnreliableHosts } from './unreliable-hosts.js';

/** Slower than requests to one host: some wait for a host that hangs. */
const HOST_RUNS = Math.ceil(RUNS / 4);

/** The keys that may see all hosts. `GET /health/ready` is public, and names the hosts. */
const SEES_ALL_HOSTS = new RegExp(`${KEY}|${SCOPED_KEY}|${PROJECT_KEY}|health`);

/** The keys that may see the containers of all projects. */
const SEES_ALL_PROJECTS = new RegExp(`${KEY}|${HOSTS_KEY}`);

describe(`${HOST_RUNS} random HTTP requests, with several hosts that fail and hang at random`, () => {
  let service: FuzzedService<UnreliableHosts>;
  beforeAll(async () => {
    service = await FuzzedService.start(new UnreliableHosts(), {
      DOCKER_HOSTS: UNRELIABLE_HOSTS,
      HOST_WAIT_MS: '20',
      HEALTH_CACHE_MS: '0',
    });
  });
  afterAll(() => service.test.app.close());
  beforeEach(() => service.collectErrors());

  it(
    'get only documented responses, and name no host and no container outside the scope of the key',
    () =>
      sendRandomRequests(service, HOST_RUNS, ({ status, head, body }, request) => {
        const isRedirect = status === 302 || status === 308; // to the requested path
        const text = isRedirect ? '' : head + body;
        expect(text.includes('vault9') && !SEES_ALL_HOSTS.test(request)).toBe(false);
        expect(text.includes('secret') && !SEES_ALL_PROJECTS.test(request)).toBe(false);
      }),
    TIMEOUT_MS,
  );

  it('reached the main statuses, and left no key in the log and no open connection', async () => {
    await expectCleanEnd(service, [200, 304, 400, 401, 404, 500, 504]);
    expect([...service.requestsByRoute.keys()]).toEqual(
      expect.arrayContaining(['/hosts', '/hosts/:host/containers/:reference/stats', '/metrics', '/projects']),
    );
  });
});
