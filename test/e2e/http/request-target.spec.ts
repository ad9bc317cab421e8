import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { row } from '../../support/docker/docker-rows.js';
import type { FakeCommandRunner } from '../../support/docker/fake-command-runner.js';
import { parseResponses, exchange, type RawResponse } from '../../support/http/raw-http.js';
import { startService } from '../../support/service/service-process.js';
import { bootApp, KEY, type TestApp } from '../../support/service/test-app.js';

const REFUSED = [
  'http://',
  'HTTP://',
  'http://?',
  `http:///stats?api_key=${KEY}`,
  `x://y/stats?api_key=${KEY}`,
  '*',
  '*x',
];

let test: TestApp<FakeCommandRunner>;
let port: number;
beforeAll(async () => {
  test = await bootApp();
  test.runner.stats = { stdout: row() };
  port = Number(new URL(await test.app.getUrl()).port);
});
afterAll(() => test.app.close());

async function send(method: string, target: string, toPort = port): Promise<RawResponse | undefined> {
  const request = `${method} ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
  return parseResponses(await exchange(toPort, request))[0];
}

describe('a request target', () => {
  it.each([
    `http://x/stats?api_key=${KEY}`,
    `HTTPS://x:443/stats?api_key=${KEY}`,
    `http://x:y/stats?api_key=${KEY}`,
    `http://xn--a/stats?api_key=${KEY}`,
    `http://[/stats?api_key=${KEY}`,
    `http://user:password@x/stats?api_key=${KEY}#fragment`,
    `/stats?api_key=${KEY}#fragment`,
  ])('may be an http URL with any host, and may have a fragment: %s', async (target) => {
    expect(await send('GET', target)).toMatchObject({
      status: 200,
      body: expect.stringMatching(/^\[\{"name":/) as string,
    });
  });

  it.each(['http://x', 'http://[', 'http://x/#fragment'])(
    'that is a URL without a path means /: %s',
    async (target) => {
      const { status, body } = (await send('GET', '/')) ?? {};
      expect(await send('GET', target)).toMatchObject({ status, body });
    },
  );

  it('that begins with two slashes is a path, and gets 404', async () => {
    const { status, body = '' } = (await send('GET', `//a@x:y/stats?api_key=${KEY}#fragment`)) ?? {};
    expect(status).toBe(404);
    expect(JSON.parse(body)).toMatchObject({ statusCode: 404, code: 'not_found' });
  });

  it.each(REFUSED)('that is neither a path nor an http URL gets 400 and a log line: %s', async (target) => {
    const lines = test.log.requests.length;
    const { status, head = '', body = '' } = (await send('GET', target)) ?? {};
    expect(status).toBe(400);
    expect(JSON.parse(body)).toEqual({
      statusCode: 400,
      code: 'invalid_request',
      message: 'The request target must be a path or an http URL',
    });
    expect(head).toMatch(/^Content-Security-Policy: default-src 'none'/m);
    expect(head).toMatch(/^Cache-Control: no-store\r$/m);
    const [, requestId] = /^X-Request-Id: (\S+)/m.exec(head) ?? [];
    await expect.poll(() => test.log.requests.length).toBe(lines + 1);
    expect(test.log.requests.at(-1)).toMatchObject({ requestId, route: 'unmatched', status: 400 });
    expect(test.log.text).not.toContain(KEY);
  });

  it('may be * for OPTIONS', async () => {
    expect(await send('OPTIONS', '*')).toMatchObject({
      status: 204,
      head: expect.stringMatching(/^Allow: GET, HEAD, OPTIONS\r$/m) as string,
      body: '',
    });
  });
});

it('CONNECT gets 405, and its connection is closed', async () => {
  const { status, head, body = '' } = (await send('CONNECT', 'x:80')) ?? {};
  expect(status).toBe(405);
  expect(head).toMatch(/^Allow: GET, HEAD, OPTIONS$/m);
  expect(JSON.parse(body)).toEqual({
    statusCode: 405,
    code: 'method_not_allowed',
    message: 'CONNECT is not allowed: use GET, HEAD, OPTIONS',
  });
});

it('the service prints no warning and no API key for any request target', async () => {
  const service = startService({ DEMO: 'true', API_KEYS: KEY });
  const servicePort = Number(new URL(await service.waitForUrl()).port);
  const targets = [
    `http://x:y/health/live?api_key=${KEY}`,
    `//a@x:y/stats?api_key=${KEY}#fragment`,
    ...REFUSED,
  ];
  for (const target of targets) expect(await send('GET', target, servicePort)).toHaveProperty('status');
  service.kill('SIGTERM');
  expect(await service.exitCode).toBe(0);
  expect(service.log.filter(({ msg }) => msg === 'request completed')).toHaveLength(targets.length - 1); // health checks are not logged
  expect(service.output).not.toMatch(/Warning/);
  expect(service.output).not.toContain(KEY);
});
