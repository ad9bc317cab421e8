import { once } from 'node:events';
import { connect } from 'node:net';
import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { StatsSampler } from '../../src/sampling/stats-sampler.js';
import { row } from '../support/docker-rows.js';
import { EventStream } from '../support/event-stream.js';
import { failure, type FakeCommandRunner } from '../support/fake-command-runner.js';
import { exchange } from '../support/raw-http.js';
import { bootApp, KEY, type TestApp } from '../support/test-app.js';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

let test: TestApp<FakeCommandRunner>;
afterEach(() => test.app.close());

async function boot(env: Record<string, string> = {}): Promise<void> {
  test = await bootApp(env);
  test.runner.stats = { stdout: row() };
}

/** The only line of the log, once it is there. */
async function line(): Promise<Record<string, unknown>> {
  await expect.poll(() => test.log.requests).toHaveLength(1);
  return test.log.requests[0] ?? {};
}

describe('the log line of a request', () => {
  it('says what was asked, by whom, and how it ended', async () => {
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
  ])('names the route of %s and never its path', async (_what, path, status, route, key) => {
    await boot();
    await test.get(path).expect(status);
    const { requestId: _, ...entry } = await line();
    expect(entry).toMatchObject({ level: 'info', route, status });
    expect(entry['key']).toBe(key);
  });

  it('is there for what is served of a pipeline, and not for the rest', async () => {
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

  it('has no key of a request that brought no valid one', async () => {
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
  ])('has the reason of a 401, and of the 429 for too many of them: %s', async (reason, headers) => {
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

  it('is an error where the service could not serve', async () => {
    await boot();
    test.runner.stats = failure('broken');
    await test.get('/stats').expect(500);
    expect(await line()).toMatchObject({ level: 'error', status: 500 });
  });

  it('takes the address of the client from a proxy that is trusted', async () => {
    await boot({ TRUST_PROXY: '127.0.0.1' });
    await test.get('/stats').set('X-Forwarded-For', '192.0.2.7').expect(200);
    expect(await line()).toMatchObject({ remoteAddress: '192.0.2.7' });
  });

  it('says that the client went away before its answer', async () => {
    await boot();
    let endRun!: (answer: object) => void;
    test.runner.stats = new Promise<object>((resolve) => (endRun = resolve));
    const read = vi.spyOn(test.app.get(StatsSampler), 'read');
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
    'has no zone that a proxy passes on: %s',
    async (address) => {
      await boot({ TRUST_PROXY: '127.0.0.1' });
      await test.get('/stats').set('X-Forwarded-For', address).expect(200);
      expect(await line()).toMatchObject({ remoteAddress: '127.0.0.1' });
    },
  );

  it('comes when a stream ends', async () => {
    await boot();
    const stream = await EventStream.open(`${await test.app.getUrl()}/stats/stream`, { 'X-API-Key': KEY });
    await stream.receives(1);
    expect(stream.response.headers.get('X-Request-Id')).toMatch(UUID);
    expect(test.log.requests).toEqual([]);
    stream.close();
    expect(await line()).toMatchObject({ route: '/stats/stream', status: 200, aborted: true });
  });

  it('of a health check is there at level debug alone, also of one that found something down', async () => {
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
    ['warn', []],
    ['warn', ['error']],
    ['silent', []],
  ])('at level %s is there for failures alone: %j', async (level, levels) => {
    await boot({ LOG_LEVEL: level });
    if (levels.length > 0) test.runner.stats = failure('broken');
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
    ['X-API-Key, nothing new', '/stats', { 'X-API-Key': KEY, 'If-None-Match': '*' }, 304],
    ['X-API-Key, an error', '/stats?view=x', { 'X-API-Key': KEY }, 400],
  ])(
    'of the client is in the response and the log line with a valid key: %s',
    async (_how, path, headers, status) => {
      await boot();
      const id = 'frontend-4bf92f3577b34da6';
      const answer = await test.client.get(path).set({ ...headers, 'X-Request-Id': id });
      expect(answer.status).toBe(status);
      expect(answer.headers['x-request-id']).toBe(id);
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
  ])(
    'is a new one in the response and the log line without a valid key: %s',
    async (_what, path, headers, status) => {
      await boot({ LOG_LEVEL: 'debug' });
      const answer = await test.client
        .get(path)
        .set({ ...headers, 'X-Request-Id': 'frontend-4bf92f3577b34da6' });
      expect(answer.status).toBe(status);
      expect(answer.headers['x-request-id']).toMatch(UUID);
      expect(await line()).toMatchObject({ requestId: answer.headers['x-request-id'], status });
    },
  );

  it('never tells whether it is a key: a public route gives a key and any other id a new one', async () => {
    await boot();
    for (const id of [KEY, `${KEY.slice(0, -1)}x`, 'short', 'x'.repeat(200)]) {
      const { headers } = await test.client.get('/health/live').set('X-Request-Id', id);
      expect(headers['x-request-id']).toMatch(UUID);
    }
  });

  it('is a new one where the key is in it', async () => {
    await boot();
    const { headers } = await test.get('/stats').set('X-Request-Id', `request-of-${KEY}`);
    expect(headers['x-request-id']).toMatch(UUID);
    await line();
    expect(test.log.text).not.toContain(KEY);
  });

  it('is in the log line of a fault of ours too', async () => {
    await boot();
    const err = new TypeError('a bug');
    test.runner.stats = err;
    const logged = vi.spyOn(Logger.prototype, 'error').mockReturnValue();
    const { headers } = await test.get('/stats').expect(500);
    expect(await line()).toMatchObject({ requestId: headers['x-request-id'], status: 500 });
    expect(logged).toHaveBeenCalledWith({ requestId: headers['x-request-id'], err });
  });
});

it('a key is nowhere in the log, wherever it was put', async () => {
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
      const answer = await test.client.get(path).set(headers);
      expect(JSON.stringify([answer.text, answer.headers])).not.toContain(key);
    }
    const answer = await test.client.get(`/stats?api_key=${key}`).set('X-Request-Id', key);
    expect(answer.headers['x-request-id']).toMatch(UUID);
  }
  const { headers } = await test.client.get('/health/live').set('X-Request-Id', KEY);
  expect(headers['x-request-id']).toMatch(UUID);
  await expect.poll(() => test.log.requests).toHaveLength(13);
  expect(test.log.text).not.toContain(KEY);
  expect(test.log.text).not.toContain(other);
});
