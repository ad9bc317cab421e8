import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import {
  type Answer,
  error as failure,
  json,
  reset,
  ScriptedServer,
  silence,
  stream,
} from '../../test/support/scripted-server.js';
import { StatsClient } from './stats-client.js';
import { StatsClientError } from './stats-client.error.js';
import type { StatsClientOptions } from './stats-client-options.js';

const API_KEY = 'client-key-0123456789';

const BASIC = [{ name: 'web-1', cpuUsage: 1.5, memoryUsage: 20 }];
const CONTAINER = { ...BASIC[0], id: 'a'.repeat(64) };
const FULL = {
  sampledAt: '2026-11-23T21:49:36.016Z',
  ageMs: 700,
  durationMs: 2000,
  containers: [CONTAINER],
  skipped: [],
};

function clientFor(server: ScriptedServer, options: Partial<StatsClientOptions> = {}): StatsClient {
  return new StatsClient({ baseUrl: server.url, apiKey: API_KEY, ...options });
}

/** A server that answers so, and a client for it. */
async function serving(...answers: Answer[]): Promise<{ server: ScriptedServer; client: StatsClient }> {
  const server = await ScriptedServer.start(...answers);
  return { server, client: clientFor(server) };
}

/** What a call fails with. */
async function errorOf(call: Promise<unknown>): Promise<StatsClientError> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof StatsClientError))
    throw new Error('there was no StatsClientError', { cause: error });
  return error;
}

/** What the client makes of this `Retry-After`. */
async function retryAfterMs(value: string): Promise<number | undefined> {
  const { client } = await serving(failure(500, 'internal', { 'Retry-After': value }));
  return (await errorOf(client.stats())).retryAfterMs;
}

/** A connection that is lost in the middle of an answer. */
function half(response: Parameters<Answer>[0]): void {
  response.writeHead(200, { 'Content-Length': 100 }).write('[{"name"');
  setImmediate(() => response.destroy());
}

function withEtag(body: unknown): Answer {
  return (response, request) => {
    if (request.headers['if-none-match'] === 'W/"1"') response.writeHead(304, { ETag: 'W/"1"' }).end();
    else json(body, 200, { ETag: 'W/"1"' })(response, request);
  };
}

describe('a StatsClient', () => {
  it.each(['', '/', '/docker/', '/docker/?', '/docker#'])('asks below its base URL: %o', async (path) => {
    const server = await ScriptedServer.start(json(BASIC));
    const client = clientFor(server, { baseUrl: `${server.url}${path}` });
    expect(await client.stats({ name: 'web-*' })).toEqual(BASIC);
    expect(server.requests[0]).toMatchObject({
      url: `${path.replace(/\W*$/, '')}/stats?name=web-*`,
      headers: { 'x-api-key': API_KEY, 'cache-control': 'min-fresh=0' },
    });
  });

  it.each([
    ['http://user@x.org', 'no user'],
    ['http://:word@x.org', 'no user'],
    ['http://x.org/?api_key=1', 'no user'],
    ['http://x.org/#a', 'no user'],
    ['ftp://x.org', 'http://'],
    ['x.org', 'http://'],
    ['', 'http://'],
  ])('refuses the base URL %s', (baseUrl, message) => {
    expect(() => new StatsClient({ baseUrl, apiKey: API_KEY })).toThrow(message);
  });

  it.each(['', ' ', 'sécret', 'secret\nX-Evil: 1', undefined as unknown as string])(
    'refuses the key %j, and does not repeat it',
    (apiKey) => {
      const make = (): unknown => new StatsClient({ baseUrl: 'http://x.org', apiKey });
      expect(make).toThrow('apiKey must be printable ASCII characters without spaces, at least one');
    },
  );

  it('refuses numbers that cannot be', async () => {
    const options = { baseUrl: 'http://x.org', apiKey: API_KEY };
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
    await expect(new StatsClient(options).container('..')).rejects.toThrow(RangeError);
    expect(() => new StatsClient(options).watch({ silenceMs: -1 })).toThrow(RangeError);
  });

  it('shows its key to nobody', async () => {
    const { client } = await serving(reset, failure(401, 'unauthorized'));
    const watch = client.watch();
    const error = await errorOf(client.stats());
    for (const value of [client, watch, error]) {
      expect(inspect(value, { depth: 10, showHidden: true })).not.toContain(API_KEY);
    }
  });

  it('takes the fetch that it is given, and asks it for no cookies, no cache and no redirects', async () => {
    const fetchOf = vi.fn<typeof fetch>(() => Promise.resolve(Response.json(BASIC)));
    const client = new StatsClient({ baseUrl: 'http://x.org', apiKey: API_KEY, fetch: fetchOf });
    expect(await client.stats()).toEqual(BASIC);
    const asked = { credentials: 'omit', cache: 'no-store', redirect: 'manual' };
    expect(fetchOf.mock.calls).toMatchObject([['http://x.org/stats', asked]]);
  });

  it('does not follow a redirect with its key', async () => {
    const elsewhere = await ScriptedServer.start(json(BASIC));
    const { client } = await serving((response) => {
      response.writeHead(307, { Location: elsewhere.url }).end();
    });
    expect(await errorOf(client.stats())).toMatchObject({ code: 'invalid_response', status: 307 });
    expect(elsewhere.requests).toEqual([]);
  });
});

describe('an answer', () => {
  it('is asked for as fresh as the caller says', async () => {
    const { server, client } = await serving(json(FULL));
    await client.stats({ view: 'full', maxAge: 1 });
    await client.stats({ view: 'full', maxAge: 0 });
    expect(server.requests.map(({ headers }) => headers['cache-control'])).toEqual(['max-age=1', 'no-cache']);
    expect(server.requests[1]?.headers).not.toHaveProperty('if-none-match'); // there was no ETag
  });

  it('is remembered until it changes, for each path', async () => {
    const { server, client } = await serving(withEtag(BASIC));
    const first = await client.stats();
    first.length = 0; // the caller's own
    expect(await client.stats()).toEqual(BASIC);
    expect(await client.stats({ name: 'web-1' })).toEqual(BASIC);
    expect(server.requests.map(({ headers }) => headers['if-none-match'])).toEqual([
      undefined,
      'W/"1"',
      undefined,
    ]);
    server.answers(json([], 200, { ETag: 'W/"2"' }));
    expect(await client.stats()).toEqual([]);
    await client.stats();
    expect(server.requests.at(-1)?.headers['if-none-match']).toBe('W/"2"');
  });

  it('is older by the time that it has been held, when the service says that it has not changed', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { client } = await serving(withEtag(FULL));
    expect(await client.stats({ view: 'full' })).toEqual(FULL);
    vi.advanceTimersByTime(1500);
    expect(await client.stats({ view: 'full' })).toEqual({ ...FULL, ageMs: 2200 });
    vi.advanceTimersByTime(500);
    expect(await client.stats({ view: 'full' })).toEqual({ ...FULL, ageMs: 2700 });
    vi.useRealTimers();
  });

  it.each([
    ['HTML', (response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>')],
    ['nothing', (response) => response.end()],
    ['another view', json(FULL)],
    ['other objects', json([{ name: 'x' }])],
    ['null', json(null)],
    ['304 to what was not remembered', (response) => response.writeHead(304).end()],
    ['too much', (response) => response.end('[]'.padEnd(67_108_865))],
    ['204', (response) => response.writeHead(204).end()],
    ['an error of a proxy', (response) => response.writeHead(502).end('<html>Bad gateway')],
    ['JSON of another program', json({ error: 'no' }, 404)],
    ['half an error', json({ statusCode: 404, code: 'not_found' }, 404)],
  ] as [string, Answer][])('that is no answer of the service is invalid: %s', async (_name, answer) => {
    const { server, client } = await serving(answer);
    const error = await errorOf(client.stats());
    expect(error.code).toBe('invalid_response');
    expect(error.cause).toBeUndefined(); // it would quote the answer
    expect(server.requests).toHaveLength(1);
  });

  it.each([null, BASIC, { ...FULL, containers: BASIC }, { ...FULL, skipped: 0 }])(
    'of another form is invalid for the full view: %j',
    async (body) => {
      const { client } = await serving(json(body));
      expect(await errorOf(client.stats({ view: 'full' }))).toMatchObject({ code: 'invalid_response' });
    },
  );

  it('is read whole, wherever its bytes are split', async () => {
    const bytes = Buffer.from(JSON.stringify([{ ...BASIC[0], name: 'wäb' }]));
    const { client } = await serving((response) => {
      response.write(bytes.subarray(0, bytes.indexOf('ä') + 1));
      setTimeout(() => response.end(bytes.subarray(bytes.indexOf('ä') + 1)), 20);
    });
    expect(await client.stats()).toMatchObject([{ name: 'wäb' }]);
  });

  it('is one container', async () => {
    const { server, client } = await serving(json(CONTAINER));
    expect(await client.container('web-1', { maxAge: 3 })).toEqual(CONTAINER);
    expect(server.requests[0]).toMatchObject({
      url: '/containers/web-1/stats',
      headers: { 'cache-control': 'max-age=3' },
    });
    server.answers(json(BASIC[0]));
    expect(await errorOf(client.container('web-1'))).toMatchObject({ code: 'invalid_response' });
  });
});

describe('an error', () => {
  it('has what the service says of it', async () => {
    const { client } = await serving(
      failure(429, 'rate_limited', { 'Retry-After': 50, 'X-Request-Id': 'request-1' }),
    );
    expect(await errorOf(client.stats())).toMatchObject({
      name: 'StatsClientError',
      code: 'rate_limited',
      status: 429,
      message: 'The rate_limited message',
      retryAfterMs: 50_000,
      requestId: 'request-1',
    });
  });

  it('knows a date to come back at', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 1) });
    expect(await retryAfterMs('Thu, 01 Jan 2026 00:01:00 GMT')).toBe(60_000);
    expect(await retryAfterMs('Thu, 01 Jan 2025 00:01:00 GMT')).toBe(0);
    vi.useRealTimers();
  });

  it('knows seconds, with spaces around them also', async () => {
    expect(await retryAfterMs('7 ')).toBe(7000);
  });

  it.each(['soon', '', '1.5', '-5', '5, 10', '1e3'])(
    'knows no time to come back at from %j',
    async (value) => {
      expect(await retryAfterMs(value)).toBeUndefined();
    },
  );

  it('of the network says which, when the retries are over', async () => {
    const server = await ScriptedServer.start();
    const client = clientFor(server, { maxRetries: 0 });
    server.stop();
    const error = await errorOf(client.stats());
    expect(error).toMatchObject({ code: 'network', status: undefined });
    expect(error.message).toMatch(/: ECONNREFUSED$/);
    expect(error.cause).toBeInstanceOf(TypeError);
  });
});

describe('a retry', () => {
  it('is made for lost connections, before an answer and in the middle of one', async () => {
    const { server, client } = await serving(reset, half, json(BASIC));
    expect(await client.stats()).toEqual(BASIC);
    expect(server.requests).toHaveLength(3);
  });

  it('is made as often as is set', async () => {
    const { server, client } = await serving(reset);
    expect(await errorOf(client.stats())).toMatchObject({ code: 'network' });
    expect(server.requests).toHaveLength(3);
    await errorOf(clientFor(server, { maxRetries: 0 }).stats());
    expect(server.requests).toHaveLength(4);
  });

  it.each([
    ['a refusal beyond the time limit', failure(503, 'unavailable', { 'Retry-After': 20 })],
    ['a refusal that says no time', failure(503, 'unavailable')],
    ['a failure of docker', failure(500, 'docker_unreachable')],
    ['a failure of the service', failure(500, 'internal', { 'Retry-After': 0 })],
    ['a wrong key', failure(401, 'unauthorized')],
  ])('is not made for %s', async (_name, answer) => {
    const { server, client } = await serving(answer);
    await errorOf(client.stats());
    expect(server.requests).toHaveLength(1);
  });
});

describe('a call', () => {
  it.each([
    ['before an answer', silence],
    ['in the middle of one', stream('[')],
  ])('ends at its time limit: %s', async (_name, answer) => {
    const { server, client } = await serving(answer);
    expect(await errorOf(client.stats({ timeoutMs: 100 }))).toMatchObject({ code: 'timeout' });
    expect(server.requests).toHaveLength(1);
    await expect.poll(() => server.underWay).toBe(0);
  });

  it('ends with the signal of its caller, whose reason is the cause', async () => {
    const { server, client } = await serving(silence);
    const caller = new AbortController();
    const call = errorOf(client.container('web-1', { signal: caller.signal }));
    await expect.poll(() => server.requests).toHaveLength(1);
    caller.abort('enough');
    expect(await call).toMatchObject({ code: 'aborted', cause: 'enough' });
    await expect.poll(() => server.underWay).toBe(0);
    expect(await errorOf(client.ready({ signal: caller.signal }))).toMatchObject({ code: 'aborted' });
    expect(server.requests).toHaveLength(1);
  });

  it('ends with the signal also while it waits to be repeated', async () => {
    const { server, client } = await serving(failure(503, 'unavailable', { 'Retry-After': 10 }));
    const caller = new AbortController();
    const call = errorOf(client.stats({ signal: caller.signal }));
    await expect.poll(() => server.requests).toHaveLength(1);
    caller.abort();
    expect(await call).toMatchObject({ code: 'aborted' });
  });

  it('leaves nothing at its signal', async () => {
    const { client } = await serving(json(BASIC));
    const caller = new AbortController();
    await client.stats({ signal: caller.signal });
    const aborted = vi.spyOn(AbortController.prototype, 'abort');
    caller.abort();
    expect(aborted).toHaveBeenCalledTimes(1); // by the caller alone
  });

  it('may share a signal with many others, and its connection with the next one', async () => {
    const { server, client } = await serving(json(BASIC));
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    for (let n = 0; n < 20; n++) await client.stats({ signal });
    expect(server.connections).toBeLessThan(3); // fetch may begin the next call before the connection is free
    await Promise.all(Array.from({ length: 20 }, () => client.stats({ signal })));
    expect(added).toHaveBeenCalledTimes(1);
  });
});

describe('ready', () => {
  const up = { details: { docker: { status: 'up', version: '28.2.2' } } };
  const down = { details: { docker: { status: 'down', code: 'docker_unreachable', reason: 'it is down' } } };

  it('says what the service says, and needs no key for it', async () => {
    const { server, client } = await serving(json(up), json(down, 503));
    expect(await client.ready()).toEqual({ ready: true, dockerVersion: '28.2.2' });
    expect(await client.ready()).toEqual({ ready: false, code: 'docker_unreachable', reason: 'it is down' });
    expect(server.requests).toMatchObject([{ url: '/health/ready' }, { url: '/health/ready' }]);
    expect(server.requests[0]?.headers).not.toHaveProperty('x-api-key');
  });

  it.each([
    json({}, 503),
    json(null),
    json({ details: {} }),
    json({ details: { docker: { status: 'down' } } }),
  ])('fails where nothing is said', async (answer) => {
    const { client } = await serving(answer);
    expect(await errorOf(client.ready())).toMatchObject({ code: 'invalid_response' });
  });

  it('fails with the error of the service', async () => {
    const { client } = await serving(failure(431, 'invalid_request'), failure(503, 'unavailable'));
    expect(await errorOf(client.ready())).toMatchObject({ code: 'invalid_request', status: 431 });
    expect(await errorOf(client.ready())).toMatchObject({ code: 'unavailable', status: 503 });
  });
});
