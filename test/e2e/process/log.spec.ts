import { once } from 'node:events';
import { connect } from 'node:net';
import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { getSampler } from '../../support/sampling/get-sampler.js';
import { row } from '../../support/docker/docker-rows.js';
import { EventStream } from '../../support/http/event-stream.js';
import { failure, type FakeCommandRunner } from '../../support/docker/fake-command-runner.js';
import { exchange } from '../../support/http/raw-http.js';
import { bootApp, KEY, type TestApp } from '../../support/service/test-app.js';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

let test: TestApp<FakeCommandRunner>;
afterEach(() => test.app.close());

async function boot(env: Record<string, string> = {}): Promise<void> {
  test = await bootApp(env);
  test.runner.stats = { stdout: row() };
}

/** Waits for the log line of the only request. */
async function line(): Promise<Record<string, unknown>> {
  await expect.poll(() => test.log.requests).toHaveLength(1);
  return test.log.requests[0] ?? {};
}

describe('the log line of a request', () => {
  it('contains route, status, duration, key name and client address', async () => {
    await boot();
    const { headers } = await test.get('/stats?view=full&name=web-*');
    expect(await line()).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      requestId: headers['x-request-id'],
      method: 'GET',
      route: '/stats',
      status: 200,
      durationMs: expect.any(Number) as number,
      key: 'ci',
      remoteAddress: '127.0.0.1',
      msg: 'request completed',
    });
  });

  it.each([
    ['a container', '/containers/web/stats', 404, '/containers/:reference/stats', 'ci'],
    ['no such route', '/nowhere', 404, 'unmatched', undefined],
    ['a URL that is too long', `/stats?${'x'.repeat(9000)}`, 414, 'unmatched', undefined],
  ])('contains the route and never the path: %s', async (_what, path, status, route, key) => {
    await boot();
    await test.get(path).expect(status);
    const { requestId: _, ...entry } = await line();
    expect(entry).toMatchObject({ level: 'info', route, status });
    expect(entry['key']).toBe(key);
  });

  it('is written for the pipelined requests that were served before the connection was closed', async () => {
    await boot();
    const port = Number(new URL(await test.app.getUrl()).port);
    await exchange(port, 'GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(500));
    const closed = await test.client.get('/nowhere').then(() => test.log.requests.length - 1);
    expect(closed).toBeGreaterThan(90);
    expect(closed).toBeLessThan(110);
    const { text } = await test.get('/metrics');
    const [, aborted = ''] =
      /requests_total\{route="unmatched",status="aborted",key=""\} (\d+)/.exec(text) ?? [];
    expect(Number(aborted)).toBeLessThan(110);
  });

  it('has no key field for a request with a wrong key', async () => {
    await boot();
    await test.client.get('/stats').set('X-API-Key', 'a-wrong-key-0123456789').expect(401);
    expect(await line()).toMatchObject({ status: 401, level: 'info' });
    expect(await line()).not.toHaveProperty('key');
  });

  it.each([
    ['missing', {}],
    ['malformed', { Authorization: 'wrong-key-0123456789' }],
    ['malformed', { 'X-API-Key': 'wrong-key-0123456789', Authorization: `Bearer ${KEY}` }],
    ['unknown', { 'X-API-Key': 'wrong-key-0123456789' }],
    ['expired', { 'X-API-Key': 'expired-key-0123456789' }],
  ])('contains the reason of a 401, and of the 429 after too many of them: %s', async (reason, headers) => {
    await boot({
      API_KEYS: `ci:${KEY},old:expired-key-0123456789;expires=2020-02-29`,
      AUTH_FAILURES_PER_MINUTE: '1',
    });
    await test.client.get('/stats').set(headers).expect(401);
    await test.client.get('/stats').set(headers).expect(429);
    await test.get('/stats').expect(200);
    await expect.poll(() => test.log.requests).toHaveLength(3);
    expect(test.log.requests.map((entry) => [entry['status'], entry['reason'], entry['key']])).toEqual([
      [401, reason, undefined],
      [429, reason, undefined],
      [200, undefined, 'ci'],
    ]);
    expect(test.log.text).not.toContain('key-0123456789');
  });

  it('has level error for a 500', async () => {
    await boot();
    test.runner.stats = failure('broken');
    await test.get('/stats').expect(500);
    expect(await line()).toMatchObject({ level: 'error', status: 500 });
  });

  it('has level info for a 504, which only-if-cached asks for', async () => {
    await boot();
    await test.get('/stats').set('Cache-Control', 'only-if-cached').expect(504);
    expect(await line()).toMatchObject({ level: 'info', status: 504 });
  });

  it('contains the client address from X-Forwarded-For if the proxy is trusted', async () => {
    await boot({ TRUST_PROXY: '127.0.0.1' });
    await test.get('/stats').set('X-Forwarded-For', '192.0.2.7').expect(200);
    expect(await line()).toMatchObject({ remoteAddress: '192.0.2.7' });
  });

  it('is marked as aborted if the client disconnects before the response', async () => {
    await boot();
    let endRun!: (result: object) => void;
    test.runner.stats = new Promise<object>((resolve) => (endRun = resolve));
    const read = vi.spyOn(getSampler(test.app), 'waitForSample');
    const socket = connect(Number(new URL(await test.app.getUrl()).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`GET /stats HTTP/1.1\r\nHost: x\r\nX-API-Key: ${KEY}\r\n\r\n`);
    await expect.poll(() => read).toHaveBeenCalled();
    socket.destroy();
    expect(await line()).toMatchObject({
      status: null,
      aborted: true,
      key: 'ci',
      remoteAddress: '127.0.0.1',
      msg: 'request aborted',
    });
    endRun({ stdout: row() });
  });

  it.each(['fe80::1%a-key-0123456789', 'fe80::1%a.key'])(
    'does not contain an IPv6 zone from X-Forwarded-For: %s',
    async (address) => {
      await boot({ TRUST_PROXY: '127.0.0.1' });
      await test.get('/stats').set('X-Forwarded-For', address).expect(200);
      expect(await line()).toMatchObject({ remoteAddress: '127.0.0.1' });
    },
  );

  it('is written when a stream ends', async () => {
    await boot();
    const stream = await EventStream.open(`${await test.app.getUrl()}/stats/stream`, { 'X-API-Key': KEY });
    await stream.waitForEvents(1);
    expect(stream.response.headers.get('X-Request-Id')).toMatch(UUID);
    expect(test.log.requests).toEqual([]);
    stream.close();
    expect(await line()).toMatchObject({ route: '/stats/stream', status: 200, aborted: true });
  });

  it('has level debug for health checks, even failed ones', async () => {
    await boot();
    test.runner.version = failure('broken');
    for (const path of ['/health', '/health/live', '/health/ready']) await test.client.get(path);
    await test.get('/stats');
    expect(await line()).toMatchObject({ route: '/stats' });
    await test.app.close();

    await boot({ LOG_LEVEL: 'debug' });
    test.runner.version = failure('broken');
    await test.client.get('/health/ready').expect(503);
    expect(await line()).toMatchObject({ level: 'debug', route: '/health/ready', status: 503 });
  });

  it.each([
    ['warn', 'not written for a 200 and a 404', [], undefined],
    ['warn', 'written for a 500', ['error'], failure('broken')],
    ['silent', 'not written', [], undefined],
  ])('with LOG_LEVEL=%s is %s', async (level, _what, levels, outcome) => {
    await boot({ LOG_LEVEL: level });
    if (outcome !== undefined) test.runner.stats = outcome;
    await test.get('/stats');
    await test.client.get('/nowhere');
    expect(test.log.entries.map((entry) => entry['level'])).toEqual(levels);
  });
});

describe('X-Request-Id', () => {
  it.each([
    ['X-API-Key', '/stats', { 'X-API-Key': KEY }, 200],
    ['Authorization', '/stats', { Authorization: `Bearer ${KEY}` }, 200],
    ['?api_key=', `/stats?api_key=${KEY}`, {}, 200],
    ['X-API-Key and If-None-Match', '/stats', { 'X-API-Key': KEY, 'If-None-Match': '*' }, 304],
    ['X-API-Key and an invalid query', '/stats?view=x', { 'X-API-Key': KEY }, 400],
  ])(
    'is taken from a request with a valid key, for the response and the log line: %s',
    async (_how, path, headers, status) => {
      await boot();
      const id = 'frontend-4bf92f3577b34da6';
      const response = await test.client.get(path).set({ ...headers, 'X-Request-Id': id });
      expect(response.status).toBe(status);
      expect(response.headers['x-request-id']).toBe(id);
      expect(await line()).toMatchObject({ requestId: id, status });
      expect((await test.client.get(path).set(headers)).headers['x-request-id']).toMatch(UUID);
    },
  );

  it.each([
    ['no key', '/stats', {}, 401],
    ['a wrong key', '/stats', { 'X-API-Key': 'wrong-key-0123456789' }, 401],
    ['no route', '/nowhere', { 'X-API-Key': KEY }, 404],
    ['a path that cannot be decoded', '/containers/%E0%A4%A/stats', { 'X-API-Key': KEY }, 400],
    ['a public route', '/health/live', {}, 200],
    ['a public route and a valid key', '/health/live', { 'X-API-Key': KEY }, 200],
  ])('is generated if the key was not checked or is wrong: %s', async (_what, path, headers, status) => {
    await boot({ LOG_LEVEL: 'debug' });
    const response = await test.client
      .get(path)
      .set({ ...headers, 'X-Request-Id': 'frontend-4bf92f3577b34da6' });
    expect(response.status).toBe(status);
    expect(response.headers['x-request-id']).toMatch(UUID);
    expect(await line()).toMatchObject({ requestId: response.headers['x-request-id'], status });
  });

  it('is generated on a public route for every id, so that it does not reveal whether an id is a key', async () => {
    await boot();
    for (const id of [KEY, `${KEY.slice(0, -1)}x`, 'short', 'x'.repeat(200)]) {
      const { headers } = await test.client.get('/health/live').set('X-Request-Id', id);
      expect(headers['x-request-id']).toMatch(UUID);
    }
  });

  it('is generated if the id of the request contains its key', async () => {
    await boot();
    const { headers } = await test.get('/stats').set('X-Request-Id', `request-of-${KEY}`);
    expect(headers['x-request-id']).toMatch(UUID);
    await line();
    expect(test.log.text).not.toContain(KEY);
  });

  it('is also in the log line of an internal error', async () => {
    await boot();
    const err = new TypeError('a bug');
    test.runner.stats = err;
    const logged = vi.spyOn(Logger.prototype, 'error').mockReturnValue();
    const { headers } = await test.get('/stats').expect(500);
    expect(await line()).toMatchObject({ requestId: headers['x-request-id'], status: 500 });
    expect(logged).toHaveBeenCalledWith({ requestId: headers['x-request-id'], err });
  });
});

it('The log never contains a key, wherever a request sends it', async () => {
  await boot({ LOG_LEVEL: 'trace', CORS_ORIGINS: 'https://a.example', TRUST_PROXY: '127.0.0.1' });
  const other = 'other-service-key-0123456789';
  for (const key of [KEY, other]) {
    for (const path of [
      '/stats',
      `/${key}`,
      `/containers/${key}/stats`,
      `/stats?name=${key}`,
      `/stats?${key}=1`,
    ]) {
      const others = { 'User-Agent': key, Referer: key, Origin: key, 'X-Forwarded-For': key };
      const headers = { ...others, 'X-API-Key': key, 'X-Request-Id': key };
      const response = await test.client.get(path).set(headers);
      expect(JSON.stringify([response.text, response.headers])).not.toContain(key);
    }
    const response = await test.client.get(`/stats?api_key=${key}`).set('X-Request-Id', key);
    expect(response.headers['x-request-id']).toMatch(UUID);
  }
  const { headers } = await test.client.get('/health/live').set('X-Request-Id', KEY);
  expect(headers['x-request-id']).toMatch(UUID);
  await expect.poll(() => test.log.requests).toHaveLength(13);
  expect(test.log.text).not.toContain(KEY);
  expect(test.log.text).not.toContain(other);
});
