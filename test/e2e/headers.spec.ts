import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { row } from '../support/docker-rows.js';
import type { FakeCommandRunner } from '../support/fake-command-runner.js';
import { answersIn, exchange } from '../support/raw-http.js';
import { bootApp, KEY, type TestApp } from '../support/test-app.js';

let test: TestApp<FakeCommandRunner>;
afterEach(() => test.app.close());

async function boot(env: Record<string, string> = {}): Promise<void> {
  test = await bootApp(env);
  test.runner.stats = { stdout: row() };
}

describe('every answer', () => {
  it.each([
    ['figures', '/stats', { 'X-API-Key': KEY }],
    ['nothing new', '/stats', { 'X-API-Key': KEY, 'If-None-Match': '*' }],
    ['health', '/health', {}],
    ['an error', '/stats', {}],
    ['no route', '/nowhere', {}],
    ['a refusal of Express', '/%E0%A4%A', {}],
  ])(
    'tells browsers to do nothing with it, and says nothing of what serves it: %s',
    async (_what, path, headers) => {
      await boot();
      const answered = (await test.client.get(path).set(headers)).headers;
      expect(answered).toMatchObject({
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
        expect(answered).not.toHaveProperty(name);
      }
    },
  );
});

it('an answer to what is no HTTP is not kept or guessed at either', async () => {
  await boot();
  const [answer] = answersIn(
    await exchange(Number(new URL(await test.app.getUrl()).port), 'nonsense\r\n\r\n'),
  );
  expect(answer).toMatchObject({
    status: 400,
    head: expect.stringMatching(/^Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r$/m) as string,
  });
});

describe('pages of other origins', () => {
  const PREFLIGHT = {
    'Access-Control-Request-Method': 'GET',
    'Access-Control-Request-Headers': 'x-api-key',
  };

  it('may not ask', async () => {
    await boot();
    const headers = { Origin: 'https://a.example', 'X-API-Key': KEY };
    expect((await test.client.get('/stats').set(headers)).headers).not.toHaveProperty(
      'access-control-allow-origin',
    );
    const preflight = await test.client.options('/stats').set({ ...headers, ...PREFLIGHT });
    expect(preflight.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('may ask when they are named, and no others', async () => {
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

  it('can read errors too, and need a key', async () => {
    await boot({ CORS_ORIGINS: 'https://a.example' });
    const { headers } = await test.client.get('/stats').set('Origin', 'https://a.example').expect(401);
    expect(headers['access-control-allow-origin']).toBe('https://a.example');
  });
});

describe('a key in the wrong place', () => {
  it.each([
    ['the path', `/stats&api_key=${KEY}`],
    ['the path of a container', `/containers/${KEY}/stats?api_key=${KEY}`],
    ['a path that cannot be decoded', `/containers/${KEY}%E0%A4%A/stats`],
    ['the name of a parameter', `/stats?${KEY}&api_key=${KEY}`],
    ['a pattern', `/stats?name=${KEY}&api_key=${KEY}&view=${KEY}`],
    ['an origin', `/stats?api_key=${KEY}`],
    ['a method', `/stats?api_key=${KEY}`],
  ])('is not repeated in an answer, nor logged: %s', async (_where, path) => {
    const said: unknown[] = [];
    for (const level of ['log', 'warn', 'error', 'debug', 'verbose', 'fatal'] as const) {
      vi.spyOn(Logger.prototype, level).mockImplementation((...args: unknown[]) => void said.push(args));
    }
    await boot({ CORS_ORIGINS: 'https://a.example' });
    for (const request of [
      test.client.get(path),
      test.client.post(path),
      test.client.get(path).set('Origin', KEY),
    ]) {
      const { text, headers } = await request;
      said.push(text, headers);
    }
    expect(JSON.stringify(said)).not.toContain(KEY);
  });
});
