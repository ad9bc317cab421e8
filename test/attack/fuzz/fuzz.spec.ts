import { promisify } from 'node:util';
import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { placeholderRow, psRow, row } from '../../support/docker/docker-rows.js';
import { failure, type FakeCommandRunner } from '../../support/docker/fake-command-runner.js';
import { parseResponses, exchange, type RawResponse } from '../../support/http/raw-http.js';
import { bootApp, type TestApp } from '../../support/service/test-app.js';
import { anyRequest, KEY, PROJECT_KEY, SCOPED_KEY } from './fuzz-requests.js';

const RUNS = Number(process.env['FUZZ_RUNS'] || 10_000);

const TIMEOUT_MS = 60_000 + RUNS * 10;

/** A key, and not a longer or shorter text: the response returns such a text as its request id. */
const WHOLE_KEY = new RegExp(`(?<![\\w.:-])(${KEY}|${SCOPED_KEY}|${PROJECT_KEY})(?![\\w.:-])`);

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

/** The documented statuses, and the error codes that each may have. */
const ERROR_CODES: Readonly<Record<number, RegExp>> = {
  400: /^invalid_request$/,
  401: /^unauthorized$/,
  404: /^not_found$/,
  405: /^method_not_allowed$/,
  408: /^invalid_request$/,
  413: /^invalid_request$/,
  414: /^invalid_request$/,
  431: /^invalid_request$/,
  500: /^docker_(unreachable|failed)$/,
};
const STATUSES = [200, 204, 302, 304, 308, ...Object.keys(ERROR_CODES).map(Number)];

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
  '/metrics',
  '/projects',
  '/stats',
  '/stats/history',
  '/stats/stream',
  'unmatched',
];

const PROCESS_EVENTS = ['unhandledRejection', 'uncaughtException', 'warning'] as const;

/** What Nest's logger has logged. */
const logged: unknown[] = [];
/** Unhandled errors, warnings of Node, and text on stderr. */
const processErrors: unknown[] = [];
/** Log lines with a key, or with an IPv6 zone, which is not part of an address. */
const leaks: string[] = [];
const responsesByStatus = new Map<number, number>();
const requestsByRoute = new Map<string, number>();

let test: TestApp<FakeCommandRunner>;
let port: number;
beforeAll(async () => {
  test = await bootApp({
    API_KEYS: `fuzz:${KEY},scoped:${SCOPED_KEY};containers=web-*,project:${PROJECT_KEY};projects=shop`,
    AUTH_FAILURES_PER_MINUTE: '1000000',
    RATE_LIMIT_PER_MINUTE: '1000000',
    STATS_INTERVAL_MS: '0',
    STATS_IDLE_AFTER_MS: '0',
    STATS_MAX_AGE_MS: '0',
    LOG_LEVEL: 'trace',
    TRUST_PROXY: '127.0.0.1',
  });
  test.runner.ps = { stdout: PS };
  test.log.write = checkLogLine;
  port = Number(new URL(await test.app.getUrl()).port);
});
afterAll(() => test.app.close());

beforeEach(() => {
  for (const level of ['log', 'warn', 'error', 'fatal'] as const) {
    vi.spyOn(Logger.prototype, level).mockImplementation((...lines: unknown[]) => void logged.push(...lines));
  }
  for (const event of PROCESS_EVENTS) process.on(event, recordError);
  onTestFinished(() => PROCESS_EVENTS.forEach((event) => process.off(event, recordError)));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => processErrors.push(text) > 0);
});

describe(`${RUNS} random HTTP requests`, () => {
  it.each(DOCKER)(
    'get only documented responses, and no leaked key, while docker returns $returns',
    async ({ stats, share, fails }) => {
      test.runner.stats = stats;
      await fc.assert(
        fc.asyncProperty(anyRequest, async (request) => {
          const responses = parseResponses(await exchange(port, request));
          expect(responses).not.toEqual([]);
          for (const response of responses) {
            expectDocumented(response, request, fails);
            count(responsesByStatus, response.status);
          }
          expect(processErrors.splice(0)).toEqual([]);
          expect(leaks.splice(0)).toEqual([]);
        }),
        { numRuns: Math.ceil(RUNS * share), endOnFailure: true },
      );
    },
    TIMEOUT_MS,
  );

  it('reached every route and the main statuses, and left no key in the log and no open connection', async () => {
    const statuses = [...responsesByStatus].toSorted(([a], [b]) => a - b);
    console.log('responses by status:', Object.fromEntries(statuses));
    expect([...responsesByStatus.keys()]).toEqual(
      expect.arrayContaining([200, 204, 304, 400, 401, 404, 405, 413, 431, 500]),
    );
    expect(leaks).toEqual([]);
    expect([...requestsByRoute.values()].reduce((sum, n) => sum + n)).toBeGreaterThan(RUNS / 2);
    expect([...requestsByRoute.keys()].toSorted()).toEqual(ROUTES);
    expect(processErrors).toEqual([]);
    expect(logged.filter((line) => /fuzz-key|scoped-key|project-key|\n\s*at /.test(String(line)))).toEqual(
      [],
    );
    const server = test.app.getHttpServer();
    const countConnections = promisify(server.getConnections.bind(server));
    await expect.poll(() => countConnections(), { timeout: 15_000 }).toBe(0);
    await test.client.get('/health/live').expect(200);
  });
});

/** Checks that a response is documented, and leaks no key, stack trace or container outside the key's scope. */
function expectDocumented({ status, head, body }: RawResponse, request: string, dockerFails: boolean): void {
  expect(STATUSES).toContain(status);
  expect(status === 500 && !dockerFails).toBe(false);
  expect(head).not.toMatch(WHOLE_KEY);
  expect([KEY, SCOPED_KEY, PROJECT_KEY].filter((key) => body.includes(key))).toEqual([]);
  expect(body.includes('secret') && !request.includes(KEY)).toBe(false); // outside the scope of the other keys
  expect(body).not.toMatch(/\n\s*at |node_modules|\.[jt]s:\d+/);
  expect(body).not.toMatch(/@nestjs|root:x:0/); // a file of the service or of the machine
  const isJson = /^content-type: application\/json/im.test(head) && !/^content-encoding:/im.test(head);
  if (body === '' || (status < 400 && !isJson)) return;
  const json: unknown = JSON.parse(Buffer.from(body, 'latin1').toString());
  if (status < 400) return;
  expect(json).toStrictEqual({
    statusCode: status,
    code: expect.stringMatching(ERROR_CODES[status] ?? /^$/) as string,
    message: expect.any(String) as string,
  });
}

function checkLogLine(line: string): void {
  if (WHOLE_KEY.test(line) || line.includes('fuzz-zone')) leaks.push(line);
  const { route } = JSON.parse(line) as { readonly route?: string };
  if (route !== undefined) count(requestsByRoute, route);
}

function recordError(error: unknown): void {
  processErrors.push(error);
}

function count<Value>(counts: Map<Value, number>, value: Value): void {
  counts.set(value, (counts.get(value) ?? 0) + 1);
}
