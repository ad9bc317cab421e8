import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { row } from '../../support/docker/docker-rows.js';
import type { FakeCommandRunner } from '../../support/docker/fake-command-runner.js';
import { parseResponses, exchange } from '../../support/http/raw-http.js';
import { bootApp, KEY, type TestApp } from '../../support/service/test-app.js';

let test: TestApp<FakeCommandRunner>;
afterEach(() => test.app.close());

async function boot(env: Record<string, string> = {}): Promise<void> {
  test = await bootApp(env);
  test.runner.stats = { stdout: row() };
}

describe('every response', () => {
  it.each([
    ['200', '/stats', { 'X-API-Key': KEY }],
    ['304', '/stats', { 'X-API-Key': KEY, 'If-None-Match': '*' }],
    ['a health check', '/health', {}],
    ['401', '/stats', {}],
    ['404', '/nowhere', {}],
    ['an error of Express', '/%E0%A4%A', {}],
  ])(
    'has the security headers, and none that names the server software: %s',
    async (_what, path, headers) => {
      await boot();
      const response = await test.client.get(path).set(headers);
      expect(response.headers).toMatchObject({
        'content-security-policy':
          "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'DENY',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': expect.stringMatching(/private|no-store/) as string,
      });
      for (const name of [
        'x-powered-by',
        'server',
        'strict-transport-security',
        'access-control-allow-origin',
      ]) {
        expect(response.headers).not.toHaveProperty(name);
      }
    },
  );
});

it('the response to malformed HTTP has Cache-Control: no-store and nosniff', async () => {
  await boot();
  const { port } = new URL(await test.app.getUrl());
  const [response] = parseResponses(await exchange(Number(port), 'nonsense\r\n\r\n'));
  expect(response).toMatchObject({
    status: 400,
    head: expect.stringMatching(/^Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r$/m) as string,
  });
});

describe('CORS', () => {
  const PREFLIGHT = {
    'Access-Control-Request-Method': 'GET',
    'Access-Control-Request-Headers': 'x-api-key',
  };

  it('allows no other origin by default', async () => {
    await boot();
    const headers = { Origin: 'https://a.example', 'X-API-Key': KEY };
    expect((await test.client.get('/stats').set(headers)).headers).not.toHaveProperty(
      'access-control-allow-origin',
    );
    const preflight = await test.client.options('/stats').set({ ...headers, ...PREFLIGHT });
    expect(preflight.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('allows exactly the origins in CORS_ORIGINS', async () => {
    await boot({ CORS_ORIGINS: 'https://a.example,http://localhost:3000' });
    for (const origin of ['https://a.example', 'http://localhost:3000']) {
      const { headers } = await test.client
        .get('/stats')
        .set({ Origin: origin, 'X-API-Key': KEY })
        .expect(200);
      expect(headers).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-expose-headers': 'Age,ETag,X-Sampled-At,Retry-After,X-Request-Id',
        vary: expect.stringContaining('Origin') as string,
      });
      expect(headers).not.toHaveProperty('access-control-allow-credentials');
      const preflight = await test.client
        .options('/stats')
        .set({ Origin: origin, ...PREFLIGHT })
        .expect(204);
      expect(preflight.headers).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET,HEAD',
        'access-control-allow-headers':
          'X-API-Key,Authorization,Cache-Control,If-None-Match,Last-Event-ID,X-Request-Id',
      });
    }
    for (const origin of ['https://b.example', 'https://a.example.evil', 'null', 'http://a.example']) {
      const { headers } = await test.client
        .get('/stats')
        .set({ Origin: origin, 'X-API-Key': KEY })
        .expect(200);
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  it('lets allowed origins read errors too, and still requires an API key', async () => {
    await boot({ CORS_ORIGINS: 'https://a.example' });
    const { headers } = await test.client.get('/stats').set('Origin', 'https://a.example').expect(401);
    expect(headers['access-control-allow-origin']).toBe('https://a.example');
  });
});

describe('a misplaced API key', () => {
  it.each([
    ['the path', `/stats&api_key=${KEY}`],
    ['the path of a container', `/containers/${KEY}/stats?api_key=${KEY}`],
    ['a path that cannot be decoded', `/containers/${KEY}%E0%A4%A/stats`],
    ['the name of a parameter', `/stats?${KEY}&api_key=${KEY}`],
    ['a pattern', `/stats?name=${KEY}&api_key=${KEY}&view=${KEY}`],
    ['the query', `/stats?api_key=${KEY}`],
  ])('is neither returned nor logged: %s', async (_where, path) => {
    const output: unknown[] = [];
    for (const level of ['log', 'warn', 'error', 'debug', 'verbose', 'fatal'] as const) {
      vi.spyOn(Logger.prototype, level).mockImplementation((...args: unknown[]) => void output.push(args));
    }
    await boot({ CORS_ORIGINS: 'https://a.example' });
    for (const request of [
      test.client.get(path),
      test.client.post(path),
      test.client.get(path).set('Origin', KEY),
    ]) {
      const { text, headers } = await request;
      output.push(text, headers);
    }
    expect(JSON.stringify(output)).not.toContain(KEY);
  });
});
