import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { row } from '../support/docker-rows.js';
import type { FakeCommandRunner } from '../support/fake-command-runner.js';
import { bootApp, KEY, type TestApp } from '../support/test-app.js';

let test: TestApp<FakeCommandRunner>;
beforeAll(async () => {
  test = await bootApp();
});
afterAll(() => test.app.close());

const ROUTES = ['/stats', '/containers/web/stats', '/metrics', '/health', '/health/live', '/health/ready'];

describe('an unknown route', () => {
  it.each([
    ...['/nowhere', '/stats/x', '/health/x', '//stats', '/%'].map((path) => [path, 'see /docs']),
    ['/containers', 'for all containers, use /stats?view=full'],
    ['/containers/', 'for all containers, use /stats?view=full'],
    ['/containers/web', 'for one container, use /containers/{name or id}/stats'],
    ['/containers/web/', 'for one container, use /containers/{name or id}/stats'],
    ['/containers/web/x', 'see /docs'],
  ])('answers 404 at %s, with a key and without, and says: %s', async (path, hint) => {
    const answer = { statusCode: 404, code: 'not_found', message: `No such route; ${hint}` };
    await test.client.get(`${path}?api_key=${KEY}`).expect(404, answer);
    await test.client.get(path).expect(404, answer).expect('Cache-Control', 'no-store');
  });
});

describe('GET /', () => {
  it('leads to the docs, relative to where it is, and without the query', async () => {
    const { headers } = await test.client.get(`/?api_key=${KEY}`).redirects(0).expect(302);
    expect(headers).toMatchObject({ location: 'docs', 'cache-control': 'no-store' });
  });
});

describe('a JSON body', () => {
  it.each([
    ['of figures', '/stats'],
    ['of every figure', '/stats?view=full'],
    ['of one container', '/containers/web/stats'],
    ['of health', '/health/ready'],
    ['of an error', '/nowhere'],
    ['of the document', '/docs-json'],
  ])('%s ends with one newline', async (_what, path) => {
    test.runner.stats = { stdout: row({ Name: 'web' }) };
    const whole = await test.get(path).set('Accept-Encoding', 'identity');
    expect(whole.text).toMatch(/[\]}]\n$/);
    expect(whole.headers['content-length']).toBe(String(Buffer.byteLength(whole.text)));
  });

  it('has its newline counted in the answer to HEAD too', async () => {
    const headers = { 'X-API-Key': KEY, 'Accept-Encoding': 'identity' };
    for (const path of ['/stats', '/health/live', '/nowhere']) {
      const whole = await test.client.get(path).set(headers);
      const head = await test.client.head(path).set(headers);
      expect(head.headers['content-length']).toBe(String(Buffer.byteLength(whole.text)));
    }
  });
});

describe('a wrong method', () => {
  it.each(
    ROUTES.flatMap((path) =>
      (['post', 'put', 'patch', 'delete'] as const).map((method) => [method, path] as const),
    ),
  )('answers 405 to %s %s', async (method, path) => {
    const answer = {
      statusCode: 405,
      code: 'method_not_allowed',
      message: 'This method is not allowed here: use GET, HEAD, OPTIONS',
    };
    await test.client[method](path).expect(405, answer).expect('Allow', 'GET, HEAD, OPTIONS');
  });

  it('is not hidden by a body that is no JSON', async () => {
    await test.client.post('/stats').set('Content-Type', 'application/json').send('{"bad').expect(405);
  });
});

it.each(ROUTES)('answers OPTIONS %s with what is allowed', async (path) => {
  await test.client.options(path).expect(204, '').expect('Allow', 'GET, HEAD, OPTIONS');
});

/** Sends bytes as they are; gives all that comes back until the connection ends. */
async function exchange(request: string): Promise<string> {
  const socket = connect((test.app.getHttpServer().address() as AddressInfo).port, '127.0.0.1');
  socket.write(request);
  return text(socket);
}

describe('what is no HTTP request', () => {
  it('does not cost the request before it its answer', async () => {
    const answer = await exchange('GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\nGARBAGE\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toContain('"version":"28.2.2"');
  });

  it.each([
    ['garbage', 'GARBAGE\r\n\r\n', 400, 'Bad Request'],
    ['a method that HTTP does not have', 'FOO /stats HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'Bad Request'],
    [
      'a header that is too long',
      `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'Request Header Fields Too Large',
    ],
  ])('(%s) is answered in the shape of every error', async (_what, request, statusCode, message) => {
    const [head, body] = (await exchange(request)).split('\r\n\r\n');
    expect(head).toContain(
      `HTTP/1.1 ${statusCode} ${message}\r\nContent-Type: application/json; charset=utf-8\r\n`,
    );
    expect(JSON.parse(body ?? '')).toEqual({ statusCode, code: 'invalid_request', message });
    expect(body).toMatch(/\}\n$/);
  });
});
