import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { row } from '../../support/docker/docker-rows.js';
import type { FakeCommandRunner } from '../../support/docker/fake-command-runner.js';
import { bootApp, KEY, type TestApp } from '../../support/service/test-app.js';

let test: TestApp<FakeCommandRunner> | undefined;
afterEach(() => test?.app.close());

async function boot(env: Record<string, string> = {}): Promise<TestApp<FakeCommandRunner>> {
  test = await bootApp(env);
  test.runner.stats = { stdout: row() };
  return test;
}

/** Collects the log messages of a level from now on. */
function collectLog(level: 'warn' | 'error'): unknown[] {
  const messages: unknown[] = [];
  vi.spyOn(Logger.prototype, level).mockImplementation((message: unknown) => void messages.push(message));
  return messages;
}

const RATE_LIMITED = { statusCode: 429, code: 'rate_limited' };

describe('RATE_LIMIT_PER_MINUTE', () => {
  it('limits the requests of each API key, over all routes', async () => {
    const warnings = collectLog('warn');
    const { client } = await boot({
      API_KEYS: 'a:a-key-0123456789,b:b-key-0123456789',
      RATE_LIMIT_PER_MINUTE: '3',
    });
    const get = (key: string, path: string): ReturnType<typeof client.get> =>
      client.get(path).set('X-API-Key', key);
    await get('a-key-0123456789', '/stats').expect(200);
    await get('a-key-0123456789', '/stats?view=full').expect(200);
    await get('a-key-0123456789', '/containers/none/stats').expect(404);
    for (const path of ['/stats', '/stats/stream', '/containers/my-app/stats']) {
      const { headers, body } = await get('a-key-0123456789', path).expect(429);
      expect(body).toEqual({
        ...RATE_LIMITED,
        message: 'Too many requests: the limit is 3 per minute; retry after the time in Retry-After',
      });
      expect(Number(headers['retry-after'])).toBeGreaterThan(50);
      expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60);
    }
    await get('b-key-0123456789', '/stats').expect(200);
    await client.get('/health/live').expect(200);
    expect(warnings).toEqual([
      'Rate limit reached: 3 requests with API key "a" in a minute; responding with 429',
    ]);
  });
});

describe('AUTH_FAILURES_PER_MINUTE', () => {
  const WRONG = { 'X-API-Key': 'wrong-key-0123456789' };

  it('limits the requests without a valid API key from one address', async () => {
    const warnings = collectLog('warn');
    const { client } = await boot({ AUTH_FAILURES_PER_MINUTE: '2' });
    await client.get('/stats').expect(401);
    await client.get('/stats').set(WRONG).expect(401);
    for (const headers of [{}, WRONG]) {
      const { headers: responseHeaders, body } = await client.get('/stats').set(headers).expect(429);
      expect(body).toEqual({
        ...RATE_LIMITED,
        message:
          'Too many requests without a valid API key: the limit is 2 per minute; retry after the time in Retry-After',
      });
      expect(Number(responseHeaders['retry-after'])).toBeGreaterThan(50);
    }
    expect(warnings).toEqual([
      'Rate limit reached: 2 requests without a valid API key from 127.0.0.1 in a minute; responding with 429',
    ]);
  });

  it('does not affect requests with a valid long API key from the same address', async () => {
    const { client, get } = await boot({ AUTH_FAILURES_PER_MINUTE: '1', RATE_LIMIT_PER_MINUTE: '100' });
    for (let n = 0; n < 10; n++) await client.get('/stats').set(WRONG);
    await get('/stats').expect(200);
    await client.get('/health/live').expect(200);
  });

  it('blocks short API keys too, since they can be guessed', async () => {
    const { client } = await boot({ API_KEYS: '123abc', AUTH_FAILURES_PER_MINUTE: '2' });
    await client.get('/stats?api_key=123abc').expect(200);
    await client.get('/stats?api_key=122abc').expect(401);
    await client.get('/stats?api_key=123abc').expect(200);
    await client.get('/stats?api_key=121abc').expect(401);
    await client.get('/stats?api_key=123abc').expect(429);
    await client.get('/stats?api_key=123abc').expect(429);
  });

  it('ignores X-Forwarded-For and Forwarded without a trusted proxy', async () => {
    const { client } = await boot({ AUTH_FAILURES_PER_MINUTE: '2' });
    for (const [n, status] of [401, 401, 429, 429].entries()) {
      await client
        .get('/stats')
        .set({ 'X-Forwarded-For': `203.0.113.${n}`, Forwarded: `for=203.0.113.${n}` })
        .expect(status);
    }
  });

  describe('behind a trusted proxy', () => {
    it.each(['loopback', '127.0.0.1', '127.0.0.0/8', '1'])(
      'uses the address that the proxy adds, not those that a client forges, with TRUST_PROXY=%s',
      async (TRUST_PROXY) => {
        const { client } = await boot({ AUTH_FAILURES_PER_MINUTE: '2', TRUST_PROXY });
        const from = (addresses: string): ReturnType<typeof client.get> =>
          client.get('/stats').set('X-Forwarded-For', addresses);
        await from('198.51.100.1').expect(401);
        await from('203.0.113.1, 198.51.100.1').expect(401);
        await from('203.0.113.2, 198.51.100.1').expect(429);
        await from('127.0.0.1, 198.51.100.1').expect(429);
        await from('198.51.100.1:4711').expect(429);
        await from('198.51.100.2').expect(401);
      },
    );

    it('counts an IPv6 /64 network as one address', async () => {
      const { client } = await boot({ AUTH_FAILURES_PER_MINUTE: '2', TRUST_PROXY: 'loopback' });
      const statuses: number[] = [];
      for (const address of ['2001:db8::1', '2001:db8::2', '2001:DB8:0:0:9::3', '2001:db8:0:1::1']) {
        statuses.push((await client.get('/stats').set('X-Forwarded-For', address)).status);
      }
      expect(statuses).toEqual([401, 401, 429, 401]);
    });

    it('uses the address of the proxy if X-Forwarded-For contains none', async () => {
      const { client } = await boot({ AUTH_FAILURES_PER_MINUTE: '2', TRUST_PROXY: 'loopback' });
      const statuses: number[] = [];
      for (const address of ['unknown', 'x'.repeat(5000), '_hidden']) {
        statuses.push((await client.get('/stats').set('X-Forwarded-For', address)).status);
      }
      expect(statuses).toEqual([401, 401, 429]);
    });
  });
});

describe('a request that is too large', () => {
  it('gets 414 for its URL', async () => {
    const { client, get } = await boot();
    await get(`/stats?name=${'x'.repeat(200)}`).expect(200);
    await client.get(`/stats?name=${'x'.repeat(8200)}`).expect(414, {
      statusCode: 414,
      code: 'invalid_request',
      message: 'The URL is longer than 8192 bytes',
    });
  });

  it('gets 431 for its headers', async () => {
    const { client } = await boot();
    const { body } = await client.get('/health/live').set('X-Large', 'x'.repeat(16_384)).expect(431);
    expect(body).toMatchObject({ statusCode: 431, code: 'invalid_request' });
  });

  it('gets 413 for its body, and the connection is closed', async () => {
    const { get } = await boot();
    await get('/stats').send('{}').expect(200);
    const { body, headers } = await get('/stats').send('x'.repeat(20_000)).expect(413);
    expect(body).toEqual({
      statusCode: 413,
      code: 'invalid_request',
      message: 'No route accepts a request body; send none',
    });
    expect(headers['connection']).toBe('close');
  });

  it('gets 413 for a chunked body or one with Expect: 100-continue, before the body is sent', async () => {
    const { app } = await boot();
    const { port } = new URL(await app.getUrl());
    for (const header of ['Transfer-Encoding: chunked', 'Content-Length: 99999999\r\nExpect: 100-continue']) {
      const socket = connect(Number(port), '127.0.0.1');
      socket.write(`POST /stats HTTP/1.1\r\nHost: x\r\nX-API-Key: ${KEY}\r\n${header}\r\n\r\n`);
      expect(await text(socket)).toMatch(/^HTTP\/1\.1 413 Payload Too Large\r\n(?!.*100 Continue)/s);
    }
  });
});

describe('a header after thousands of others', () => {
  it.each([
    ['Content-Length', 'Content-Length: 100000000000', 413],
    ['Transfer-Encoding', 'Transfer-Encoding: chunked', 413],
    ['a second API key', 'X-API-Key: other-key-0123456789', 401],
    ['the only API key', `X-API-Key: ${KEY}`, 200],
  ])('is not ignored: %s', async (what, header, status) => {
    const { app } = await boot();
    const socket = connect(Number(new URL(await app.getUrl()).port), '127.0.0.1');
    const key = what === 'the only API key' ? '' : `X-API-Key: ${KEY}\r\n`;
    const others = 'a:\r\n'.repeat(4000);
    socket.write(`GET /stats HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${key}${others}${header}\r\n\r\n`);
    expect(await text(socket)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });
});

describe('an unusual request', () => {
  const CLOSE = 'Connection: close\r\n\r\n';
  const BAD_REQUEST = /^HTTP\/1\.1 400 .*"code":"invalid_request"/s;
  const SERVED = /^HTTP\/1\.1 200 /;
  it.each([
    ['without Host gets 400', `GET /health/live HTTP/1.1\r\n${CLOSE}`, BAD_REQUEST],
    ['of HTTP/1.0 without Host is served', 'GET /health/live HTTP/1.0\r\n\r\n', SERVED],
    [
      'with an unknown expectation is served',
      `GET /health/live HTTP/1.1\r\nHost: x\r\nExpect: x\r\n${CLOSE}`,
      SERVED,
    ],
    [
      'with Content-Length and Transfer-Encoding gets 400',
      'GET /health/live HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      BAD_REQUEST,
    ],
  ])('%s', async (_what, request, response) => {
    const { app } = await boot();
    const socket = connect(Number(new URL(await app.getUrl()).port), '127.0.0.1');
    socket.write(request);
    expect(await text(socket)).toMatch(response);
  });
});
