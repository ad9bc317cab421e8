import { createHash } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { row } from '../support/docker-rows.js';
import type { FakeCommandRunner } from '../support/fake-command-runner.js';
import { answersIn, exchange } from '../support/raw-http.js';
import { bootApp, type TestApp } from '../support/test-app.js';

const GRAFANA = 'grafana-key-0123456789';
const CI = 'ci-key-0123456789+/==';

let test: TestApp<FakeCommandRunner>;
beforeAll(async () => {
  vi.stubEnv('API_KEYS', `grafana:${GRAFANA},${CI}`);
  vi.stubEnv('AUTH_FAILURES_PER_MINUTE', '1000');
  test = await bootApp();
  test.runner.stats = { stdout: row() };
});
afterAll(() => test.app.close());

async function statusOf(query: string, headers: Record<string, string | string[]>): Promise<number> {
  const request = test.client.get(`/stats${query}`);
  for (const [name, value] of Object.entries(headers)) void request.set(name, value as string);
  return (await request).status;
}

describe('a valid key', () => {
  it.each([
    ['X-API-Key', '', { 'X-API-Key': GRAFANA }],
    ['X-API-Key, of another client', '', { 'X-API-Key': CI }],
    ['Authorization: Bearer', '', { Authorization: `Bearer ${GRAFANA}` }],
    ['Authorization in lower case', '', { authorization: `bearer  ${GRAFANA}` }],
    ['?api_key=', `?api_key=${GRAFANA}`, {}],
    ['?api_key=, encoded', `?api_key=${encodeURIComponent(CI)}`, {}],
    ['?api_key= among others', `?name=x&api_key=${GRAFANA}&view=full`, {}],
    ['all three places', `?api_key=${GRAFANA}`, { 'X-API-Key': GRAFANA, Authorization: `Bearer ${GRAFANA}` }],
    [
      'X-API-Key beside another scheme of Authorization',
      '',
      { 'X-API-Key': GRAFANA, Authorization: 'Basic dTpw' },
    ],
  ])('lets in by %s', async (_how, query, headers) => {
    expect(await statusOf(query, headers)).toBe(200);
  });
});

describe('no valid key', () => {
  const MISSING = 'An API key is needed: X-API-Key, Authorization: Bearer or ?api_key=';
  const WRONG = 'The API key is not valid';
  const SEVERAL = 'Several API keys were given: give one';

  it.each([
    ['nothing', '', {}, MISSING],
    ['Basic credentials', '', { Authorization: 'Basic dTpw' }, MISSING],
    ['Bearer without a key', '', { Authorization: 'Bearer' }, MISSING],
    ['a wrong key', '', { 'X-API-Key': 'wrong' }, WRONG],
    ['an empty header', '', { 'X-API-Key': '' }, WRONG],
    ['an empty parameter', '?api_key=', {}, WRONG],
    ['the name of a key', '', { 'X-API-Key': 'grafana' }, WRONG],
    ['name and key', '', { 'X-API-Key': `grafana:${GRAFANA}` }, WRONG],
    ['a key in other case', '', { 'X-API-Key': GRAFANA.toUpperCase() }, WRONG],
    ['the beginning of a key', '', { 'X-API-Key': GRAFANA.slice(0, -1) }, WRONG],
    ['more than a key', '', { 'X-API-Key': `${GRAFANA}x` }, WRONG],
    ['a key twice in one header', '', { 'X-API-Key': `${GRAFANA}, ${GRAFANA}` }, WRONG],
    ['the parameter twice', `?api_key=${GRAFANA}&api_key=${GRAFANA}`, {}, WRONG],
    ['a nested parameter', `?api_key[0]=${GRAFANA}`, {}, MISSING],
    ['a parameter in other case', `?API_KEY=${GRAFANA}`, {}, MISSING],
    ['a very long key', '', { 'X-API-Key': 'x'.repeat(8000) }, WRONG],
    ['two valid keys', `?api_key=${GRAFANA}`, { 'X-API-Key': CI }, SEVERAL],
    ['a valid and a wrong key', `?api_key=${GRAFANA}`, { 'X-API-Key': 'wrong' }, SEVERAL],
    [
      'three keys in the three places',
      `?api_key=${GRAFANA}`,
      { 'X-API-Key': CI, Authorization: 'Bearer third-key-0123456789' },
      SEVERAL,
    ],
    ['Bearer twice', '', { Authorization: `Bearer Bearer ${GRAFANA}` }, WRONG],
    ['Bearer without a space', '', { Authorization: `Bearer${GRAFANA}` }, MISSING],
    ['a key alone as Authorization', '', { Authorization: GRAFANA }, MISSING],
    ['a key in quotes', '', { 'X-API-Key': `"${GRAFANA}"` }, WRONG],
    ['a key in base64', '', { 'X-API-Key': Buffer.from(GRAFANA).toString('base64') }, WRONG],
    ['the digest of a key', '', { 'X-API-Key': createHash('sha256').update(GRAFANA).digest('hex') }, WRONG],
    ['a digest as it is configured', '', { 'X-API-Key': `sha256:${'0'.repeat(64)}` }, WRONG],
    ['an encoded key in a header', '', { 'X-API-Key': GRAFANA.replace('-', '%2D') }, WRONG],
    ['a key encoded twice', `?api_key=${GRAFANA.replace('-', '%252D')}`, {}, WRONG],
    ['white space before a key', `?api_key=%20${GRAFANA}`, {}, WRONG],
    ['a line break behind a key', `?api_key=${GRAFANA}%0A`, {}, WRONG],
    ['a NUL behind a key', `?api_key=${GRAFANA}%00`, {}, WRONG],
    ['a NUL in UTF-16', `?api_key=${GRAFANA.replaceAll(/./g, '$&%00')}`, {}, WRONG],
    ['a Cyrillic look-alike', `?api_key=${encodeURIComponent(GRAFANA.replace('a', '\u0430'))}`, {}, WRONG],
    ['a full-width look-alike', `?api_key=${encodeURIComponent(GRAFANA.replace('g', '\uFF47'))}`, {}, WRONG],
    ['a combining character', `?api_key=${encodeURIComponent(`${GRAFANA}\u0301`)}`, {}, WRONG],
    ['a zero-width space', `?api_key=${encodeURIComponent(`\u200B${GRAFANA}`)}`, {}, WRONG],
    ['an overlong encoding', `?api_key=${GRAFANA.replace('-', '%C0%AD')}`, {}, WRONG],
    ['half a surrogate', `?api_key=${GRAFANA}%ED%A0%80`, {}, WRONG],
    ['an array', `?api_key[]=${GRAFANA}`, {}, MISSING],
    ['an object', `?api_key[key]=${GRAFANA}`, {}, MISSING],
    ['a path into the prototype', `?__proto__[api_key]=${GRAFANA}`, {}, MISSING],
    ['a parameter behind a semicolon', `?view=full;api_key=${GRAFANA}`, {}, MISSING],
    ['a cookie', '', { Cookie: `api_key=${GRAFANA}; X-API-Key=${GRAFANA}` }, MISSING],
    [
      'a header that proxies make of it',
      '',
      { 'X-Original-X-API-Key': GRAFANA, X_API_Key: GRAFANA },
      MISSING,
    ],
  ])('refuses %s', async (_what, query, headers, message) => {
    test.runner.commands.length = 0;
    const response = await test.client.get(`/stats${query}`).set(headers);
    expect(response.status).toBe(401);
    expect(response.headers).toMatchObject({
      'www-authenticate': 'Bearer realm="docker-stats-api"',
      'cache-control': 'no-store',
    });
    expect(response.body).toStrictEqual({ statusCode: 401, code: 'unauthorized', message });
    expect(test.runner.commands).toEqual([]);
  });

  it('refuses bytes that no header may hold', async () => {
    const port = Number(new URL(await test.app.getUrl()).port);
    for (const bytes of [
      `${GRAFANA}\0`,
      `\0${GRAFANA}`,
      `${GRAFANA}\x7f`,
      `${GRAFANA}\xe9`,
      `\xef\xbb\xbf${GRAFANA}`,
    ]) {
      const [answer] = answersIn(
        await exchange(port, `GET /stats HTTP/1.1\r\nHost: x\r\nX-API-Key: ${bytes}\r\n\r\n`),
      );
      expect(answer?.status).toBeOneOf([400, 401]);
    }
  });

  it('takes white space around a header for no part of it, as HTTP has it', async () => {
    const port = Number(new URL(await test.app.getUrl()).port);
    const request = `GET /stats HTTP/1.1\r\nHost: x\r\nX-API-Key: \t ${GRAFANA} \t\r\n\r\n`;
    expect(answersIn(await exchange(port, request))).toMatchObject([{ status: 200 }]);
  });

  it('refuses the same header sent twice', async () => {
    expect(await statusOf('', { 'X-API-Key': [GRAFANA, GRAFANA] })).toBe(401);
    expect(await statusOf('', { Authorization: [`Bearer ${GRAFANA}`, `Bearer ${GRAFANA}`] })).toBe(401);
  });

  it('is asked for on every route but those of health', async () => {
    for (const path of ['/stats', '/stats?view=full', '/containers/my-app/stats']) {
      await test.client.get(path).expect(401);
    }
    for (const path of ['/health', '/health/live', '/health/ready']) await test.client.get(path).expect(200);
  });

  it('is not asked for where there is nothing', async () => {
    const { headers } = await test.client.get('/nowhere').expect(404);
    expect(headers).not.toHaveProperty('www-authenticate');
  });

  it('is refused before anything else is looked at', async () => {
    await test.client.get('/stats?view=nonsense').expect(401);
  });
});

describe('a key that has expired', () => {
  it('is told so, to who has it', async () => {
    vi.stubEnv('API_KEYS', 'ci:expired-key-0123456789;expires=2020-02-29');
    const own = await bootApp();
    await own.client.get('/stats').set('X-API-Key', 'expired-key-0123456789').expect(401, {
      statusCode: 401,
      code: 'unauthorized',
      message: 'The API key has expired',
    });
    await own.app.close();
  });
});

describe('without API_KEYS', () => {
  it('nobody gets in but with the key made for this run', async () => {
    vi.stubEnv('API_KEYS', '');
    const own = await bootApp();
    await own.client.get('/stats').set('X-API-Key', 'undefined').expect(401);
    await own.client.get('/stats?api_key=').expect(401);
    await own.app.close();
  });
});

it('never logs or repeats a key', async () => {
  const said: unknown[] = [];
  for (const level of ['log', 'warn', 'error', 'debug', 'verbose', 'fatal'] as const) {
    vi.spyOn(Logger.prototype, level).mockImplementation((...args: unknown[]) => void said.push(args));
  }
  const own = await bootApp();
  own.runner.stats = new Error('a bug');
  for (const path of ['/stats', '/nowhere', '/stats?foo=1', '/containers/none/stats']) {
    const { text } = await own.client.get(`${path}${path.includes('?') ? '&' : '?'}api_key=${GRAFANA}`);
    said.push(text);
  }
  await own.app.close();
  expect(said.length).toBeGreaterThan(4); // the four answers, and the log
  expect(JSON.stringify(said)).not.toContain(GRAFANA);
});
