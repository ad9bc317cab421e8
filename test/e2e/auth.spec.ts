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
  test = await bootApp({
    API_KEYS: `grafana:${GRAFANA},${CI}`,
    AUTH_FAILURES_PER_MINUTE: '1000',
  });
  test.runner.stats = { stdout: row() };
});
afterAll(() => test.app.close());

async function statusOf(query: string, headers: Record<string, string | string[]>): Promise<number> {
  const request = test.client.get(`/stats${query}`);
  for (const [name, value] of Object.entries(headers)) void request.set(name, value as string);
  return (await request).status;
}

/** Credentials of HTTP Basic. */
function basic(userAndPassword: string): string {
  return `Basic ${Buffer.from(userAndPassword).toString('base64')}`;
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
    ['Authorization: Basic', '', { Authorization: basic(`prometheus:${GRAFANA}`) }],
    ['Authorization: Basic without a user name', '', { Authorization: basic(`:${GRAFANA}`) }],
    ['Authorization: Basic with a user name in UTF-8', '', { Authorization: basic(`Zoë:${GRAFANA}`) }],
    ['Authorization: Basic in lower case', '', { authorization: basic(`u:${CI}`).replace('B', 'b') }],
    ['Authorization: Basic without padding', '', { Authorization: basic(`u:${CI}`).replace(/=+$/, '') }],
    [
      'X-API-Key, Authorization: Basic and ?api_key= with the same key',
      `?api_key=${GRAFANA}`,
      { 'X-API-Key': GRAFANA, Authorization: basic(`u:${GRAFANA}`) },
    ],
    [
      'X-API-Key beside another scheme of Authorization',
      '',
      { 'X-API-Key': GRAFANA, Authorization: 'Negotiate YII=' },
    ],
  ])('lets in by %s', async (_how, query, headers) => {
    expect(await statusOf(query, headers)).toBe(200);
  });
});

describe('no valid key', () => {
  const MISSING =
    'The request has no API key: send X-API-Key: KEY, Authorization: Bearer KEY, HTTP Basic with KEY as the password, or ?api_key=KEY';
  const WRONG = 'The API key is not valid: this service does not know it';
  const SEVERAL = 'The request has several different API keys: send one';
  const NO_SCHEME = 'Authorization has no scheme: send Authorization: Bearer KEY';
  const OTHER_SCHEME =
    'Authorization has a scheme other than Bearer and Basic: send Authorization: Bearer KEY';
  const NO_BEARER = 'Authorization: Bearer came without a key: send Authorization: Bearer KEY';
  const NO_BASIC =
    'Authorization: Basic came without credentials: send HTTP Basic with KEY as the password and any user name';
  const NO_PASSWORD =
    'HTTP Basic came without a password: send HTTP Basic with KEY as the password and any user name';
  const BAD_BASIC =
    'The credentials of HTTP Basic are not the base64 of USER:KEY: send HTTP Basic with KEY as the password and any user name';
  const OTHER_HEADER = 'A header with another name seems to have the API key: send X-API-Key: KEY';
  const OTHER_PARAMETER = 'A parameter with another name seems to have the API key: send ?api_key=KEY';
  const CHALLENGES = 'Bearer realm="docker-stats-api", Basic realm="docker-stats-api", charset="UTF-8"';

  it.each([
    ['nothing', '', {}, MISSING],
    ['another scheme', '', { Authorization: 'Negotiate YII=' }, OTHER_SCHEME],
    ['the scheme of another service', '', { Authorization: `Token ${GRAFANA}` }, OTHER_SCHEME],
    [
      'an empty Authorization',
      '',
      { Authorization: '' },
      'Authorization is empty: send Authorization: Bearer KEY',
    ],
    ['Basic without credentials', '', { Authorization: 'Basic' }, NO_BASIC],
    ['Basic with a wrong password', '', { Authorization: basic('grafana:wrong') }, WRONG],
    ['Basic with the key as the user name', '', { Authorization: basic(`${GRAFANA}:`) }, NO_PASSWORD],
    ['Basic with the key alone in base64', '', { Authorization: basic(GRAFANA) }, BAD_BASIC],
    ['Basic with the key itself', '', { Authorization: `Basic ${GRAFANA}` }, BAD_BASIC],
    ['Basic with more than base64', '', { Authorization: `${basic(`u:${GRAFANA}`)}, x` }, BAD_BASIC],
    ['Basic with a line break behind the key', '', { Authorization: basic(`u:${GRAFANA}\n`) }, WRONG],
    [
      'Basic credentials beside another key',
      '',
      { 'X-API-Key': GRAFANA, Authorization: basic('u:p') },
      SEVERAL,
    ],
    ['bad Basic credentials beside a key', '', { 'X-API-Key': GRAFANA, Authorization: 'Basic x' }, BAD_BASIC],
    ['Bearer without a key', '', { Authorization: 'Bearer' }, NO_BEARER],
    ['a wrong key', '', { 'X-API-Key': 'wrong' }, WRONG],
    ['an empty header', '', { 'X-API-Key': '' }, 'X-API-Key is empty: send X-API-Key: KEY'],
    ['an empty parameter', '?api_key=', {}, 'The parameter api_key is empty: send ?api_key=KEY'],
    [
      'an empty parameter beside a key',
      '?api_key=',
      { 'X-API-Key': GRAFANA },
      'The parameter api_key is empty: send ?api_key=KEY',
    ],
    ['the name of a key', '', { 'X-API-Key': 'grafana' }, WRONG],
    ['name and key', '', { 'X-API-Key': `grafana:${GRAFANA}` }, WRONG],
    ['a key in other case', '', { 'X-API-Key': GRAFANA.toUpperCase() }, WRONG],
    ['the beginning of a key', '', { 'X-API-Key': GRAFANA.slice(0, -1) }, WRONG],
    ['more than a key', '', { 'X-API-Key': `${GRAFANA}x` }, WRONG],
    ['a key twice in one header', '', { 'X-API-Key': `${GRAFANA}, ${GRAFANA}` }, WRONG],
    [
      'the parameter twice',
      `?api_key=${GRAFANA}&api_key=${GRAFANA}`,
      {},
      'The parameter api_key came more than once: send it once',
    ],
    ['a nested parameter', `?api_key[0]=${GRAFANA}`, {}, OTHER_PARAMETER],
    ['a parameter in other case', `?API_KEY=${GRAFANA}`, {}, OTHER_PARAMETER],
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
    ['Bearer without a space', '', { Authorization: `Bearer${GRAFANA}` }, NO_SCHEME],
    ['a key alone as Authorization', '', { Authorization: GRAFANA }, NO_SCHEME],
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
    ['an array', `?api_key[]=${GRAFANA}`, {}, OTHER_PARAMETER],
    ['an object', `?api_key[key]=${GRAFANA}`, {}, OTHER_PARAMETER],
    ['a path into the prototype', `?__proto__[api_key]=${GRAFANA}`, {}, MISSING],
    ['a parameter behind a semicolon', `?view=full;api_key=${GRAFANA}`, {}, MISSING],
    ['a cookie', '', { Cookie: `api_key=${GRAFANA}; X-API-Key=${GRAFANA}` }, MISSING],
    ['a header that proxies make of it', '', { X_API_Key: GRAFANA }, OTHER_HEADER],
    ['a header of a proxy', '', { 'X-Original-X-API-Key': GRAFANA }, MISSING],
    [
      'another header beside another scheme',
      '',
      { apikey: GRAFANA, Authorization: 'Negotiate YII=' },
      OTHER_HEADER,
    ],
  ])('refuses %s', async (_what, query, headers, message) => {
    test.runner.commands.length = 0;
    const response = await test.client.get(`/stats${query}`).set(headers);
    expect(response.status).toBe(401);
    expect(response.headers).toMatchObject({
      'www-authenticate': CHALLENGES,
      'cache-control': 'no-store',
    });
    expect(response.body).toStrictEqual({ statusCode: 401, code: 'unauthorized', message });
    expect(test.runner.commands).toEqual([]);
    expect(JSON.stringify([response.text, response.headers])).not.toContain(GRAFANA);
  });

  it.each([
    'apikey',
    'api-key',
    'X-Apikey',
    'X-Api-Token',
    'X-Auth-Token',
    'X-Authorization',
    'token',
    'key',
  ])('refuses a key in the header %s, and names X-API-Key', async (name) => {
    const { body } = await test.client.get('/stats').set(name, GRAFANA).expect(401);
    expect(body).toMatchObject({ message: OTHER_HEADER });
  });

  it.each(['apikey', 'apiKey', 'api-key', 'key', 'token', 'access_token', 'X-API-Key', 'auth'])(
    'refuses a key in the parameter %s, and names api_key',
    async (name) => {
      const { body } = await test.client.get(`/stats?${name}=${GRAFANA}`).expect(401);
      expect(body).toMatchObject({ message: OTHER_PARAMETER });
    },
  );

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
    const port = Number(new URL(await test.app.getUrl()).port);
    for (const header of ['X-API-Key: ', 'Authorization: Bearer ']) {
      const twice = `${header}${GRAFANA}\r\n`.repeat(2);
      const [answer] = answersIn(await exchange(port, `GET /stats HTTP/1.1\r\nHost: x\r\n${twice}\r\n`));
      expect(answer?.status).toBe(401);
      expect(answer?.body).toContain(`${header.split(':', 1)[0]} came more than once: send it once`);
    }
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

describe('WWW-Authenticate', () => {
  const BOTH = 'Bearer realm="docker-stats-api", Basic realm="docker-stats-api", charset="UTF-8"';
  const BEARER_ALONE = 'Bearer realm="docker-stats-api"';
  const PAGE = { 'User-Agent': 'Mozilla/5.0 (X11)', Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
  const SCRIPT = { 'User-Agent': 'Mozilla/5.0 (X11)', Accept: '*/*' };

  it.each([
    ['a program', {}, BOTH],
    ['a page that a browser opens', { ...PAGE, 'Sec-Fetch-Mode': 'navigate' }, BOTH],
    ['a page that a browser opens over plain HTTP', PAGE, BOTH],
    ['fetch in a page', { ...SCRIPT, 'Sec-Fetch-Mode': 'cors' }, BEARER_ALONE],
    ['EventSource in a page', { 'Sec-Fetch-Mode': 'same-origin' }, BEARER_ALONE],
    ['fetch in a page over plain HTTP', SCRIPT, BEARER_ALONE],
  ])(
    'offers Basic but to a script, for which a browser would open its dialog: %s',
    async (_who, headers, expected) => {
      const answer = await test.client.get('/stats').set(headers).expect(401);
      expect(answer.headers['www-authenticate']).toBe(expected);
    },
  );

  it('has each challenge in a field of its own', async () => {
    const port = Number(new URL(await test.app.getUrl()).port);
    const [answer] = answersIn(await exchange(port, 'GET /stats HTTP/1.1\r\nHost: x\r\n\r\n'));
    expect(answer?.head.match(/^WWW-Authenticate: \w+/gm)).toEqual([
      'WWW-Authenticate: Bearer',
      'WWW-Authenticate: Basic',
    ]);
  });
});

describe('a key that has expired', () => {
  it('is told so, to who has it', async () => {
    const own = await bootApp({ API_KEYS: 'ci:expired-key-0123456789;expires=2020-02-29' });
    await own.client.get('/stats').set('X-API-Key', 'expired-key-0123456789').expect(401, {
      statusCode: 401,
      code: 'unauthorized',
      message: 'The API key has expired: ask for a new one',
    });
    await own.app.close();
  });
});

describe('without API_KEYS', () => {
  it('nobody gets in but with the key made for this run', async () => {
    const own = await bootApp({ API_KEYS: '' });
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
  const own = await bootApp({ API_KEYS: `grafana:${GRAFANA}` });
  own.runner.stats = new Error('a bug');
  for (const path of ['/stats', '/nowhere', '/stats?foo=1', '/containers/none/stats']) {
    const { text } = await own.client.get(`${path}${path.includes('?') ? '&' : '?'}api_key=${GRAFANA}`);
    said.push(text);
  }
  await own.app.close();
  expect(said.length).toBeGreaterThan(4); // the four answers, and the log
  expect(JSON.stringify(said)).not.toContain(GRAFANA);
});
