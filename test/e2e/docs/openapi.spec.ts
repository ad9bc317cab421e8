import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { ResponseMemoryLimit } from '../../../src/stats/limits/response-memory-limit.js';
import { placeholderRow, row } from '../../support/docker/docker-rows.js';
import { EventStream, type ServerSentEvent } from '../../support/http/event-stream.js';
import { failure, FakeCommandRunner } from '../../support/docker/fake-command-runner.js';
import { type ReceivedResponse, PublishedDocument } from '../../support/http/published-document.js';
import { bootApp, KEY, type TestApp } from '../../support/service/test-app.js';
import { type Case, ROUTE_CASES } from './openapi-cases.js';

const published = new PublishedDocument();

let test: TestApp<FakeCommandRunner> | undefined;
afterEach(() => test?.app.close());

/** Includes values that may be `null`, ids with the same prefix, a skipped row, and enough text to be compressed. */
const ROWS = [
  row({ Name: 'web-1', ID: 'a'.repeat(64) }),
  row({ Name: 'web-2', ID: `${'a'.repeat(63)}b` }),
  row({ Name: 'job', MemUsage: '0B / 0B', PIDs: '0' }),
  placeholderRow('cccccccccccc'),
  ...Array.from({ length: 30 }, (_, n) =>
    row({ Name: `x-${n}`, ID: `d${n}`.padEnd(64, '0'), MemUsage: '0B / 0B' }),
  ),
];

/** Starts the service in the situation of a case. Returns its URL. */
async function start({ env = {}, docker = {}, unreadBytes = 0 }: Partial<Case>): Promise<string> {
  const stats = { stdout: ROWS.join('') };
  const runner = Object.assign(new FakeCommandRunner(), { stats }, docker);
  test = await bootApp(env, { runner });
  if (unreadBytes > 0) test.app.get(ResponseMemoryLimit).reserve({ name: 'another' }, { size: unreadBytes });
  return test.app.getUrl();
}

/** Sends a request. Does not read the body of an event stream, which does not end. */
async function send(
  url: string,
  method = 'GET',
  headers: Readonly<Record<string, string>> = {},
): Promise<ReceivedResponse> {
  const sent = request(url, { method, headers, agent: false }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const isStream = response.headers['content-type']?.startsWith('text/event-stream');
  if (isStream) response.destroy();
  const body = isStream ? Buffer.alloc(0) : await buffer(response);
  return { status: response.statusCode ?? NaN, headers: response.headers, body };
}

/** Opens a stream and returns its first events. */
async function receiveEvents(query: string, docker: NonNullable<Case['docker']>): Promise<ServerSentEvent[]> {
  const url = `${await start({ docker })}/stats/stream${query}`;
  const stream = await EventStream.open(url, { 'X-API-Key': KEY });
  const events = await stream.waitForEvents(1);
  stream.close();
  return events;
}

/** These routes document a `500`, but cannot fail in a test. */
const NEVER_FAIL = [
  '/',
  '/assets/{file}',
  '/stats/stream',
  '/stats/history',
  '/containers/{reference}/stats/history',
  '/hosts/{host}/containers/{reference}/stats/history',
  '/health/live',
  '/docs-json',
  '/docs',
  '/docs/{file}',
];

describe('docs/openapi.json', () => {
  const seenResponses = new Set(NEVER_FAIL.map((path) => `GET ${path} 500`));
  const seenCodes = new Set<string>();

  describe.each(ROUTE_CASES)('describes the response of $route', (route) => {
    it.each(route.cases)(
      '$status: $title',
      async ({ status, method, path, query = '', headers, ...situation }) => {
        const service = await start({ ...situation, env: { ...route.env, ...situation.env } });
        if (route.isSampled) await send(`${service}/stats`, 'GET', { 'X-API-Key': KEY });
        const url = `${service}${path ?? route.path}${query}`;
        const sendOnce = (): Promise<ReceivedResponse> => send(url, method, headers ?? route.headers);
        if (status === 429) await sendOnce();
        const response = await sendOnce();
        expect(response.status).toBe(status);
        expect(published.validateResponse(route.route, response)).toEqual([]);

        seenResponses.add(published.matchResponse(route.route, status));
        const { code } = status < 400 ? {} : (JSON.parse(String(response.body)) as { code?: string });
        if (code !== undefined) seenCodes.add(code);
      },
    );
  });

  it('describes exactly the responses and error codes that the tests above received', () => {
    expect([...seenResponses].toSorted()).toEqual(published.responses.toSorted());
    // test/e2e/fleet receives the codes of Prometheus.
    const codes = published.codes.filter((code) => !code.startsWith('prometheus_'));
    expect([...seenCodes].toSorted()).toEqual(codes.toSorted());
  });

  it.each([
    ['stats', '', 'BasicStats', {}],
    ['stats', '?view=full', 'FullStats', {}],
    ['error', '', 'Error', { stats: failure('Cannot connect to the Docker daemon') }],
  ])('describes the %s event of GET /stats/stream%s as %s', async (name, query, schema, docker) => {
    const [{ event, data = '' } = {}] = await receiveEvents(query, docker);
    expect(event).toBe(name);
    expect(published.validateJson(schema, data)).toEqual([]);
  });
});
