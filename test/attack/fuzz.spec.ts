import { promisify } from 'node:util';
import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { placeholderRow, row } from '../support/docker-rows.js';
import { failure, type FakeCommandRunner } from '../support/fake-command-runner.js';
import { answersIn, exchange, type RawAnswer } from '../support/raw-http.js';
import { bootApp, type TestApp } from '../support/test-app.js';

const RUNS = Number(process.env['FUZZ_RUNS'] || 10_000);

const TIMEOUT_MS = 60_000 + RUNS * 10;

const KEY = 'fuzz-key-0123456789';
const SCOPED_KEY = 'scoped-key-0123456789';

/** A key with a character more or less is none: as its request's id it may come back. */
const WHOLE_KEY = new RegExp(`(?<![\\w.:-])(${KEY}|${SCOPED_KEY})(?![\\w.:-])`);

/** What docker does, in which part of the runs, and whether a 500 is the right answer to it. The failures come last: one is kept. */
const DOCKER = [
  {
    does: 'figures',
    stats: { stdout: row({ Name: 'web-1' }) + row({ Name: 'secret', ID: 'b'.repeat(64) }) },
    part: 0.6,
    fails: false,
  },
  { does: 'no containers', stats: { stdout: '' }, part: 0.2, fails: false },
  { does: 'no figures', stats: { stdout: placeholderRow('cccccccccccc') }, part: 0.1, fails: true },
  { does: 'an error', stats: failure('Cannot connect to the Docker daemon'), part: 0.1, fails: true },
] as const;

let test: TestApp<FakeCommandRunner>;
let port: number;
beforeAll(async () => {
  test = await bootApp({
    API_KEYS: `fuzz:${KEY},scoped:${SCOPED_KEY};containers=web-*`,
    AUTH_FAILURES_PER_MINUTE: '1000000',
    RATE_LIMIT_PER_MINUTE: '1000000',
    STATS_INTERVAL_MS: '0',
    STATS_IDLE_AFTER_MS: '0',
    STATS_MAX_AGE_MS: '0',
    LOG_LEVEL: 'trace',
    TRUST_PROXY: '127.0.0.1',
  });
  test.log.write = onLogLine;
  port = Number(new URL(await test.app.getUrl()).port);
});
afterAll(() => test.app.close());

/** Any bytes, but those that would begin another part of the request. */
const bytes = fc.uint8Array({ maxLength: 40 }).map((array) =>
  Buffer.from(array)
    .toString('latin1')
    .replaceAll(/[\r\n]/g, ''),
);
const word = fc.stringMatching(/^[\w.~*?+-]{1,20}$/);
const encoded = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => encodeURIComponent(text));
const inUrl = fc.oneof(
  word,
  encoded,
  fc.constantFrom(KEY, '%', '%E0%A4%A', '%00', '%2F', '..', '%2e%2e', '&', '=', '[', '\\', ';'),
);

const method = fc.oneof(
  { arbitrary: fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'OPTIONS'), weight: 8 },
  { arbitrary: fc.constantFrom('POST', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'CONNECT'), weight: 1 },
);
const path = fc.oneof(
  {
    arbitrary: fc.constantFrom(
      '/stats',
      '/stats/stream',
      '/containers/web-1/stats',
      '/health/ready',
      '/metrics',
      '/docs-json',
    ),
    weight: 6,
  },
  { arbitrary: inUrl.map((reference) => `/containers/${reference}/stats`), weight: 3 },
  { arbitrary: inUrl.map((file) => `/docs/${file}`), weight: 1 },
  {
    arbitrary: fc.constantFrom(
      '/',
      '//',
      '//stats',
      '//a@x:y/stats',
      '//a@[/stats',
      '/stats/',
      '/STATS',
      '/./stats',
      '/__proto__',
    ),
    weight: 1,
  },
  { arbitrary: inUrl.map((text) => `/${text}`), weight: 1 },
);
const url = fc
  .tuple(
    fc.constantFrom('http', 'http', 'https', 'HtTp', 'x', 'ws'),
    fc.oneof(
      fc.constantFrom('x', 'x:80', '[::1]:80', 'user:password@x', `${KEY}@x`),
      fc.constantFrom('', '[', 'x:y', 'xn--a', 'a@b@c', '%'),
    ),
    fc.oneof(path, fc.constant('')),
  )
  .map(([scheme, authority, of]) => `${scheme}://${authority}${of}`);
/** What a request is for: most often a path, but HTTP knows a URL, a host and an asterisk as well. */
const resource = fc.oneof(
  { arbitrary: path, weight: 10 },
  { arbitrary: url, weight: 2 },
  {
    arbitrary: fc.constantFrom('*', '*', '*x', 'x', 'x:80', '[::1]:80', 'http:', 'http:/x', '?', '#', ''),
    weight: 1,
  },
);
const fragment = fc.oneof(
  { arbitrary: fc.constant(''), weight: 9 },
  {
    arbitrary: fc.oneof(fc.constant(''), inUrl, fc.constant(`?api_key=${KEY}`)).map((text) => `#${text}`),
    weight: 1,
  },
);
const parameter = fc.oneof(
  fc.tuple(
    fc.constantFrom('name', 'name', 'view', 'format'),
    fc.oneof(fc.constantFrom('full', 'web-*', '*', '', 'csv'), inUrl),
  ),
  fc.tuple(
    fc.oneof(
      fc.constantFrom('api_key', 'api_key[]', 'api_key[x]', 'name[]', '__proto__', 'constructor'),
      inUrl,
    ),
    fc.oneof(fc.constantFrom(KEY, SCOPED_KEY, ''), inUrl),
  ),
);
const query = fc
  .array(parameter, { maxLength: 3 })
  .map((parameters) => parameters.map(([name, value]) => `${name}=${value}`).join('&'));
const pair = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(
        'X-API-Key',
        'Authorization',
        'Cache-Control',
        'If-None-Match',
        'Accept-Encoding',
        'Accept',
      ),
      fc.constantFrom(
        'Expect',
        'Upgrade',
        'Connection',
        'Range',
        'Origin',
        'X-Forwarded-For',
        'Forwarded',
        'Host',
      ),
      fc.constantFrom(
        'X-HTTP-Method-Override',
        'X-Original-URL',
        'Cookie',
        'Content-Length',
        'Transfer-Encoding',
        'X-Prometheus-Scrape-Timeout-Seconds',
      ),
    ),
    fc.oneof(
      fc.constantFrom(
        KEY,
        SCOPED_KEY,
        `Bearer ${KEY}`,
        'no-cache',
        'max-age=0',
        'max-age=99999999999',
        'gzip',
        '*',
      ),
      fc.constantFrom(
        '0',
        '5',
        '99999',
        '99999999999999999999',
        'chunked',
        '100-continue',
        'websocket',
        'close',
      ),
      fc.constantFrom('text/csv', 'text/plain', 'text/*;q=0.5, */*;q=0.1', 'fe80::1%fuzz-zone'),
      word,
      fc.nat({ max: 20_000 }).map((length) => 'x'.repeat(length)),
    ),
  )
  .map(([name, value]) => `${name}: ${value}`);
const header = fc.oneof(
  { arbitrary: pair, weight: 5 },
  { arbitrary: fc.constant('If-None-Match: *'), weight: 1 },
  // Never with one of the keys: with the other one, a client may call its request so.
  { arbitrary: word.map((id) => `X-Request-Id: ${id}`), weight: 1 },
);
const credentials = fc.oneof(
  { arbitrary: fc.constantFrom([`X-API-Key: ${KEY}`], [`Authorization: Bearer ${SCOPED_KEY}`]), weight: 5 },
  { arbitrary: fc.constant([]), weight: 1 },
);

/** A request in the form of HTTP, whatever it asks for. */
const wellFormed = fc
  .record({ method, resource, query, fragment, credentials, headers: fc.array(header, { maxLength: 2 }) })
  .map(({ method: verb, resource: of, query: what, fragment: end, credentials: keys, headers }) => {
    const target = (what === '' ? of : `${of}?${what}`) + end;
    return [`${verb} ${target} HTTP/1.1`, 'Host: x', ...keys, ...headers, '', ''].join('\r\n');
  });

/** The same with some bytes in the place of others, or in between. */
const mangled = fc
  .record({
    whole: wellFormed,
    from: fc.nat(),
    length: fc.nat({ max: 3 }),
    by: fc.oneof(bytes, fc.constant('\r\n\r\n')),
  })
  .map(({ whole, from, length, by }) => {
    const start = from % (whole.length + 1);
    return whole.slice(0, start) + by + whole.slice(start + length);
  });

/** A whole request, right or wrong in any of its parts. */
const request = fc.oneof({ arbitrary: wellFormed, weight: 4 }, { arbitrary: mangled, weight: 1 });

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

/** All that the log may say of what was asked; these, and no path. */
const ROUTES = [
  '/',
  '/containers/:reference/stats',
  '/docs',
  '/docs-json',
  '/docs/:file',
  '/health/ready',
  '/metrics',
  '/stats',
  '/stats/stream',
  'unmatched',
];

const STATUSES = [200, 204, 302, 304, 308, ...Object.keys(ERROR_CODES).map(Number)];

/** Checks an answer against what is documented, whatever was asked. */
function expectDocumented({ status, head, body }: RawAnswer, asked: string, dockerFails: boolean): void {
  expect(STATUSES).toContain(status);
  expect(status === 500 && !dockerFails).toBe(false);
  expect(head).not.toMatch(WHOLE_KEY);
  expect([KEY, SCOPED_KEY].filter((key) => body.includes(key))).toEqual([]);
  expect(body.includes('secret') && !asked.includes(KEY)).toBe(false); // what the other key may not see
  expect(body).not.toMatch(/\n\s*at |node_modules|\.[jt]s:\d+/);
  if (status < 400 || body === '') return;
  expect(JSON.parse(Buffer.from(body, 'latin1').toString())).toStrictEqual({
    statusCode: status,
    code: expect.stringMatching(ERROR_CODES[status] ?? /^$/) as string,
    message: expect.any(String) as string,
  });
}

function onLogLine(line: string): void {
  if (WHOLE_KEY.test(line) || line.includes('fuzz-zone')) leaks.push(line);
  const { route } = JSON.parse(line) as { readonly route?: string };
  if (route !== undefined) requestsByRoute.set(route, (requestsByRoute.get(route) ?? 0) + 1);
}

function onFault(fault: unknown): void {
  faults.push(fault);
}

/** Every line that is logged, and every fault that nobody handles, warning of Node and text on stderr. */
const said: unknown[] = [];
const faults: unknown[] = [];
const FAULTS = ['unhandledRejection', 'uncaughtException', 'warning'] as const;
/** Lines of the log that have a key, or a zone that is no part of an address. */
const leaks: string[] = [];
const seen = new Map<number, number>();
const requestsByRoute = new Map<string, number>();
beforeEach(() => {
  for (const level of ['log', 'warn', 'error', 'fatal'] as const) {
    vi.spyOn(Logger.prototype, level).mockImplementation((...lines: unknown[]) => void said.push(...lines));
  }
  for (const event of FAULTS) process.on(event, onFault);
  onTestFinished(() => FAULTS.forEach((event) => process.off(event, onFault)));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => faults.push(text) > 0);
});

describe(`${RUNS} requests of any kind`, () => {
  it.each(DOCKER)(
    'get a documented answer each, while docker gives $does',
    async ({ stats, part, fails }) => {
      test.runner.stats = stats;
      await fc.assert(
        fc.asyncProperty(request, async (asked) => {
          const answers = answersIn(await exchange(port, asked));
          expect(answers).not.toEqual([]);
          for (const answer of answers) {
            expectDocumented(answer, asked, fails);
            seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
          }
          expect(faults.splice(0)).toEqual([]);
          expect(leaks.splice(0)).toEqual([]);
        }),
        { numRuns: Math.ceil(RUNS * part), endOnFailure: true },
      );
    },
    TIMEOUT_MS,
  );

  it('were of every kind, have left nothing in the log, and nothing behind', async () => {
    console.log('answers by status:', Object.fromEntries([...seen].toSorted(([a], [b]) => a - b)));
    expect([...seen.keys()]).toEqual(
      expect.arrayContaining([200, 204, 304, 400, 401, 404, 405, 413, 431, 500]),
    );
    expect(leaks).toEqual([]);
    expect([...requestsByRoute.values()].reduce((sum, count) => sum + count)).toBeGreaterThan(RUNS / 2);
    expect([...requestsByRoute.keys()].toSorted()).toEqual(ROUTES);
    expect(faults).toEqual([]);
    expect(said.filter((line) => /fuzz-key|scoped-key|\n\s*at /.test(String(line)))).toEqual([]);
    const server = test.app.getHttpServer();
    const connections = promisify(server.getConnections.bind(server));
    await expect.poll(() => connections(), { timeout: 15_000 }).toBe(0);
    await test.client.get('/health/live').expect(200);
  });
});
