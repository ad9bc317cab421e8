import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import {
  type RequestHandler,
  sendError,
  sendJson,
  closeConnection,
  ScriptedServer,
} from '../../test/support/http/scripted-server.js';
import {
  BASIC,
  CLIENT_KEY,
  CONTAINER,
  createClient,
  FULL,
  startServer,
} from '../../test/support/http/scripted-client.js';
import { StatsClient } from './stats-client.js';

/** A response with an ETag; `304` for a request that has this ETag. */
function withEtag(body: unknown): RequestHandler {
  return (response, request) => {
    if (request.headers['if-none-match'] === 'W/"1"') response.writeHead(304, { ETag: 'W/"1"' }).end();
    else sendJson(body, 200, { ETag: 'W/"1"' })(response, request);
  };
}

describe('new StatsClient()', () => {
  it.each(['', '/', '/docker/', '/docker/?', '/docker#'])(
    'sends requests to paths below the base URL, with the path "%s"',
    async (path) => {
      const server = await ScriptedServer.start(sendJson(BASIC));
      const client = createClient(server, { baseUrl: `${server.url}${path}` });
      expect(await client.stats({ name: 'web-*' })).toEqual(BASIC);
      expect(server.requests[0]).toMatchObject({
        url: `${path.replace(/\W*$/, '')}/stats?name=web-*`,
        headers: { 'x-api-key': CLIENT_KEY, 'cache-control': 'min-fresh=0' },
      });
    },
  );

  it.each([
    ['http://user@x.org', 'must not have a user'],
    ['http://:word@x.org', 'must not have a user'],
    ['http://x.org/?api_key=1', 'must not have a user'],
    ['http://x.org/#a', 'must not have a user'],
    ['ftp://x.org', 'http://'],
    ['x.org', 'http://'],
    ['', 'http://'],
  ])('rejects the base URL "%s"', (baseUrl, message) => {
    expect(() => new StatsClient({ baseUrl, apiKey: CLIENT_KEY })).toThrow(message);
  });

  it.each(['', ' ', 'sécret', 'secret\nX-Evil: 1', undefined as unknown as string])(
    'rejects the API key %j without repeating it',
    (apiKey) => {
      const make = (): unknown => new StatsClient({ baseUrl: 'http://x.org', apiKey });
      expect(make).toThrow('apiKey must be one or more printable ASCII characters, without spaces');
    },
  );

  it('rejects options and arguments out of range', async () => {
    const options = { baseUrl: 'http://x.org', apiKey: CLIENT_KEY };
    for (const wrong of [
      { timeoutMs: 0 },
      { timeoutMs: 2 ** 31 },
      { timeoutMs: '5' as unknown as number },
      { maxRetries: -1 },
      { maxRetries: 0.5 },
    ]) {
      expect(() => new StatsClient({ ...options, ...wrong })).toThrow(RangeError);
    }
    await expect(new StatsClient(options).stats({ timeoutMs: NaN })).rejects.toThrow(RangeError);
    await expect(new StatsClient(options).stats({ maxAge: -1 })).rejects.toThrow(RangeError);
    await expect(new StatsClient(options).container('web-1', { maxStale: -1 })).rejects.toThrow(RangeError);
    await expect(new StatsClient(options).container('..')).rejects.toThrow(RangeError);
    expect(() => new StatsClient(options).watch({ silenceMs: -1 })).toThrow(RangeError);
  });

  it('does not reveal the API key when the client, a watch or an error is printed', async () => {
    const { client } = await startServer(closeConnection, sendError(401, 'unauthorized'));
    const watch = client.watch();
    const error: unknown = await client.stats().catch((thrown: unknown) => thrown);
    for (const value of [client, watch, error]) {
      expect(inspect(value, { depth: 10, showHidden: true })).not.toContain(CLIENT_KEY);
    }
  });

  it('uses the given fetch, without cookies, cache or redirects', async () => {
    const fetchOf = vi.fn<typeof fetch>(() => Promise.resolve(Response.json(BASIC)));
    const client = new StatsClient({ baseUrl: 'http://x.org', apiKey: CLIENT_KEY, fetch: fetchOf });
    expect(await client.stats()).toEqual(BASIC);
    const options = { credentials: 'omit', cache: 'no-store', redirect: 'manual' };
    expect(fetchOf.mock.calls).toMatchObject([['http://x.org/stats', options]]);
  });

  it('does not follow a redirect, which could reveal the API key', async () => {
    const elsewhere = await ScriptedServer.start(sendJson(BASIC));
    const { client } = await startServer((response) => {
      response.writeHead(307, { Location: elsewhere.url }).end();
    });
    await expect(client.stats()).rejects.toMatchObject({ code: 'invalid_response', status: 307 });
    expect(elsewhere.requests).toEqual([]);
  });
});

describe('StatsClient.stats()', () => {
  it('caches the response of each path until its ETag changes', async () => {
    const { server, client } = await startServer(withEtag(BASIC));
    const first = await client.stats();
    first.length = 0; // must not change the cached response
    expect(await client.stats()).toEqual(BASIC);
    expect(await client.stats({ name: 'web-1' })).toEqual(BASIC);
    expect(server.requests.map(({ headers }) => headers['if-none-match'])).toEqual([
      undefined,
      'W/"1"',
      undefined,
    ]);
    server.setHandlers(sendJson([], 200, { ETag: 'W/"2"' }));
    expect(await client.stats()).toEqual([]);
    await client.stats();
    expect(server.requests.at(-1)?.headers['if-none-match']).toBe('W/"2"');
  });

  it('adds the time in the cache to ageMs when the service returns 304', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { client } = await startServer(withEtag(FULL));
    expect(await client.stats({ view: 'full' })).toEqual(FULL);
    vi.advanceTimersByTime(1500);
    expect(await client.stats({ view: 'full' })).toEqual({ ...FULL, ageMs: 2200 });
    vi.advanceTimersByTime(500);
    expect(await client.stats({ view: 'full' })).toEqual({ ...FULL, ageMs: 2700 });
  });

  it.each([
    ['HTML', (response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>')],
    ['an empty body', (response) => response.end()],
    ['another view', sendJson(FULL)],
    ['objects of another form', sendJson([{ name: 'x' }])],
    ['null', sendJson(null)],
    ['304 without a cached response', (response) => response.writeHead(304).end()],
    ['a body that is too long', (response) => response.end('[]'.padEnd(67_108_865))],
    ['204', (response) => response.writeHead(204).end()],
    ['an error page of a proxy', (response) => response.writeHead(502).end('<html>Bad gateway')],
    ['JSON of another program', sendJson({ error: 'no' }, 404)],
    ['an incomplete error body', sendJson({ statusCode: 404, code: 'not_found' }, 404)],
  ] as [string, RequestHandler][])('fails with invalid_response for %s', async (_name, response) => {
    const { server, client } = await startServer(response);
    const error: unknown = await client.stats().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'invalid_response' });
    expect(error).not.toHaveProperty('cause'); // it would quote the response
    expect(server.requests).toHaveLength(1);
  });

  it.each([null, BASIC, { ...FULL, containers: BASIC }, { ...FULL, skipped: 0 }])(
    'fails with invalid_response in the full view for %j',
    async (body) => {
      const { client } = await startServer(sendJson(body));
      await expect(client.stats({ view: 'full' })).rejects.toMatchObject({ code: 'invalid_response' });
    },
  );

  it('decodes a character whose bytes arrive in two chunks', async () => {
    const bytes = Buffer.from(JSON.stringify([{ ...BASIC[0], name: 'wäb' }]));
    const { client } = await startServer((response) => {
      response.write(bytes.subarray(0, bytes.indexOf('ä') + 1));
      setTimeout(() => response.end(bytes.subarray(bytes.indexOf('ä') + 1)), 20);
    });
    expect(await client.stats()).toMatchObject([{ name: 'wäb' }]);
  });
});

describe('StatsClient.container()', () => {
  it('returns one container', async () => {
    const { server, client } = await startServer(sendJson(CONTAINER));
    expect(await client.container('web-1', { maxAge: 3 })).toEqual(CONTAINER);
    expect(server.requests[0]).toMatchObject({
      url: '/containers/web-1/stats',
      headers: { 'cache-control': 'max-age=3' },
    });
    server.setHandlers(sendJson(BASIC[0]));
    await expect(client.container('web-1')).rejects.toMatchObject({ code: 'invalid_response' });
  });
});

describe('StatsClient.ready()', () => {
  const up = { details: { docker: { status: 'up', version: '28.2.2' } } };
  const down = { details: { docker: { status: 'down', code: 'docker_unreachable', reason: 'it is down' } } };

  it('returns whether the service reaches Docker, without sending the API key', async () => {
    const { server, client } = await startServer(sendJson(up), sendJson(down, 503));
    expect(await client.ready()).toEqual({ ready: true, dockerVersion: '28.2.2' });
    expect(await client.ready()).toEqual({ ready: false, code: 'docker_unreachable', reason: 'it is down' });
    expect(server.requests).toMatchObject([{ url: '/health/ready' }, { url: '/health/ready' }]);
    expect(server.requests[0]?.headers).not.toHaveProperty('x-api-key');
  });

  it.each([
    sendJson({}, 503),
    sendJson(null),
    sendJson({ details: {} }),
    sendJson({ details: { docker: { status: 'down' } } }),
  ])('fails with invalid_response for another response', async (response) => {
    const { client } = await startServer(response);
    await expect(client.ready()).rejects.toMatchObject({ code: 'invalid_response' });
  });

  it('fails with the error that the service returns', async () => {
    const { client } = await startServer(sendError(431, 'invalid_request'), sendError(503, 'unavailable'));
    await expect(client.ready()).rejects.toMatchObject({ code: 'invalid_request', status: 431 });
    await expect(client.ready()).rejects.toMatchObject({ code: 'unavailable', status: 503 });
  });
});
