import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { row } from '../../support/docker/docker-rows.js';
import type { FakeCommandRunner } from '../../support/docker/fake-command-runner.js';
import { bootApp, KEY, type TestApp } from '../../support/service/test-app.js';

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
  ])('(%s) gets 404 with and without an API key, and the hint: %s', async (path, hint) => {
    const body = { statusCode: 404, code: 'not_found', message: `No such route; ${hint}` };
    await test.client.get(`${path}?api_key=${KEY}`).expect(404, body);
    await test.client.get(path).expect(404, body).expect('Cache-Control', 'no-store');
  });
});

describe('a JSON body', () => {
  it.each([
    ['of /stats', '/stats'],
    ['of the full view', '/stats?view=full'],
    ['of one container', '/containers/web/stats'],
    ['of a health check', '/health/ready'],
    ['of an error', '/nowhere'],
    ['of the OpenAPI document', '/docs-json'],
  ])('%s ends with a newline', async (_what, path) => {
    test.runner.stats = { stdout: row({ Name: 'web' }) };
    const response = await test.get(path).set('Accept-Encoding', 'identity');
    expect(response.text).toMatch(/[\]}]\n$/);
    expect(response.headers['content-length']).toBe(String(Buffer.byteLength(response.text)));
  });

  it('has the same Content-Length in the response to HEAD', async () => {
    const headers = { 'X-API-Key': KEY, 'Accept-Encoding': 'identity' };
    for (const path of ['/stats', '/health/live', '/nowhere']) {
      const get = await test.client.get(path).set(headers);
      const head = await test.client.head(path).set(headers);
      expect(head.headers['content-length']).toBe(String(Buffer.byteLength(get.text)));
    }
  });
});

describe('a wrong method', () => {
  it.each(
    ROUTES.flatMap((path) =>
      (['post', 'put', 'patch', 'delete'] as const).map((method) => [method, path] as const),
    ),
  )('gets 405: %s %s', async (method, path) => {
    const body = {
      statusCode: 405,
      code: 'method_not_allowed',
      message: 'This method is not allowed here: use GET, HEAD, OPTIONS',
    };
    await test.client[method](path).expect(405, body).expect('Allow', 'GET, HEAD, OPTIONS');
  });

  it('gets 405 even with a malformed JSON body', async () => {
    await test.client.post('/stats').set('Content-Type', 'application/json').send('{"bad').expect(405);
  });
});

it.each(ROUTES)('OPTIONS %s gets 204 with the allowed methods', async (path) => {
  await test.client.options(path).expect(204, '').expect('Allow', 'GET, HEAD, OPTIONS');
});

/** Sends raw bytes and returns all that the service sends until it closes the connection. */
async function exchange(request: string): Promise<string> {
  const socket = connect((test.app.getHttpServer().address() as AddressInfo).port, '127.0.0.1');
  socket.write(request);
  return text(socket);
}

describe('malformed HTTP', () => {
  it('does not prevent the response to the request before it', async () => {
    const responses = await exchange('GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\nGARBAGE\r\n\r\n');
    expect(responses).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(responses).toContain('"version":"28.2.2"');
  });

  it.each([
    ['garbage', 'GARBAGE\r\n\r\n', 400, 'Bad Request'],
    ['an unknown method', 'FOO /stats HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'Bad Request'],
    [
      'a header that is too long',
      `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'Request Header Fields Too Large',
    ],
  ])('(%s) gets an error response with the usual JSON body', async (_what, request, statusCode, message) => {
    const [head, body] = (await exchange(request)).split('\r\n\r\n');
    expect(head).toContain(
      `HTTP/1.1 ${statusCode} ${message}\r\nContent-Type: application/json; charset=utf-8\r\n`,
    );
    expect(JSON.parse(body ?? '')).toEqual({ statusCode, code: 'invalid_request', message });
    expect(body).toMatch(/\}\n$/);
  });
});
