import { createHash } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { row } from '../../support/docker/docker-rows.js';
import type { FakeCommandRunner } from '../../support/docker/fake-command-runner.js';
import { parseResponses, exchange } from '../../support/http/raw-http.js';
import { bootApp, type TestApp } from '../../support/service/test-app.js';

const GRAFANA = 'grafana-key-0123456789';
const CI = 'ci-key-0123456789+/==';

let test: TestApp<FakeCommandRunner>;
beforeAll(async () => {
  test = await bootApp({
    API_KEYS: `grafana:${GRAFANA},${CI}`,
    AUTH_FAILURES_PER_MINUTE: '1000',
    STATS_IDLE_AFTER_MS: '0', // no background runs
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

describe('Authentication with a valid API key', () => {
  it.each([
    ['X-API-Key', '', { 'X-API-Key': GRAFANA }],
    ['X-API-Key with another configured key', '', { 'X-API-Key': CI }],
    ['Authorization: Bearer', '', { Authorization: `Bearer ${GRAFANA}` }],
    ['Authorization: bearer in lower case', '', { authorization: `bearer  ${GRAFANA}` }],
    ['?api_key=', `?api_key=${GRAFANA}`, {}],
    ['?api_key= with percent encoding', `?api_key=${encodeURIComponent(CI)}`, {}],
    ['?api_key= among other parameters', `?name=x&api_key=${GRAFANA}&view=full`, {}],
    [
      'X-API-Key, Authorization: Bearer and ?api_key= with the same key',
      `?api_key=${GRAFANA}`,
      { 'X-API-Key': GRAFANA, Authorization: `Bearer ${GRAFANA}` },
    ],
    ['Authorization: Basic', '', { Authorization: basic(`prometheus:${GRAFANA}`) }],
    ['Authorization: Basic without a user name', '', { Authorization: basic(`:${GRAFANA}`) }],
    ['Authorization: Basic with a user name in UTF-8', '', { Authorization: basic(`Zoë:${GRAFANA}`) }],
    ['Authorization: basic in lower case', '', { authorization: basic(`u:${CI}`).replace('B', 'b') }],
    ['Authorization: Basic without padding', '', { Authorization: basic(`u:${CI}`).replace(/=+$/, '') }],
    [
      'X-API-Key, Authorization: Basic and ?api_key= with the same key',
      `?api_key=${GRAFANA}`,
      { 'X-API-Key': GRAFANA, Authorization: basic(`u:${GRAFANA}`) },
    ],
    [
      'X-API-Key, with another scheme in Authorization',
      '',
      { 'X-API-Key': GRAFANA, Authorization: 'Negotiate YII=' },
    ],
  ])('accepts the key in %s', async (_where, query, headers) => {
    expect(await statusOf(query, headers)).toBe(200);
  });
});

describe('Authentication without a valid API key', () => {
  const MISSING =
    'The request has no API key: send X-API-Key: KEY, Authorization: Bearer KEY, HTTP Basic with KEY as the password, or ?api_key=KEY';
  const WRONG = 'The API key is not valid: check it, or ask the operator for a new one';
  const SEVERAL = 'The request has several different API keys: send one';
  const NO_SCHEME = 'Authorization has no scheme: send Authorization: Bearer KEY';
  const OTHER_SCHEME =
    'Authorization has a scheme other than Bearer and Basic: send Authorization: Bearer KEY';
  const NO_BEARER = 'Authorization: Bearer has no key: send Authorization: Bearer KEY';
  const NO_BASIC =
    'Authorization: Basic has no credentials: send HTTP Basic with KEY as the password and any user name';
  const NO_PASSWORD =
    'HTTP Basic has no password: send HTTP Basic with KEY as the password and any user name';
  const BAD_BASIC =
    'HTTP Basic credentials must be the base64 of USER:KEY: send HTTP Basic with KEY as the password and any user name';
  const OTHER_HEADER = 'The API key seems to be in another header: send X-API-Key: KEY';
  const OTHER_PARAMETER = 'The API key seems to be in another query parameter: send ?api_key=KEY';
  const CHALLENGES = 'Bearer realm="docker-stats-api", Basic realm="docker-stats-api", charset="UTF-8"';

  it.each([
    ['no key', '', {}, MISSING],
    ['an unsupported scheme in Authorization', '', { Authorization: 'Negotiate YII=' }, OTHER_SCHEME],
    ['a key with the scheme Token', '', { Authorization: `Token ${GRAFANA}` }, OTHER_SCHEME],
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
    [
      'Basic with more text after the base64',
      '',
      { Authorization: `${basic(`u:${GRAFANA}`)}, x` },
      BAD_BASIC,
    ],
    ['Basic with a line break after the key', '', { Authorization: basic(`u:${GRAFANA}\n`) }, WRONG],
    [
      'a key and different Basic credentials',
      '',
      { 'X-API-Key': GRAFANA, Authorization: basic('u:p') },
      SEVERAL,
    ],
    [
      'a key and malformed Basic credentials',
      '',
      { 'X-API-Key': GRAFANA, Authorization: 'Basic x' },
      BAD_BASIC,
    ],
    ['Bearer without a key', '', { Authorization: 'Bearer' }, NO_BEARER],
    ['a wrong key', '', { 'X-API-Key': 'wrong' }, WRONG],
    ['an empty X-API-Key', '', { 'X-API-Key': '' }, 'X-API-Key is empty: send X-API-Key: KEY'],
    ['an empty api_key', '?api_key=', {}, 'Query parameter api_key is empty: send ?api_key=KEY'],
    [
      'a key and an empty api_key',
      '?api_key=',
      { 'X-API-Key': GRAFANA },
      'Query parameter api_key is empty: send ?api_key=KEY',
    ],
    ['the name of a key', '', { 'X-API-Key': 'grafana' }, WRONG],
    ['name:KEY instead of the key', '', { 'X-API-Key': `grafana:${GRAFANA}` }, WRONG],
    ['a key in upper case', '', { 'X-API-Key': GRAFANA.toUpperCase() }, WRONG],
    ['the beginning of a key', '', { 'X-API-Key': GRAFANA.slice(0, -1) }, WRONG],
    ['a key with one more character', '', { 'X-API-Key': `${GRAFANA}x` }, WRONG],
    ['a key twice in one X-API-Key', '', { 'X-API-Key': `${GRAFANA}, ${GRAFANA}` }, WRONG],
    [
      'api_key twice',
      `?api_key=${GRAFANA}&api_key=${GRAFANA}`,
      {},
      'Query parameter api_key is repeated: send it once',
    ],
    ['a nested parameter api_key[0]', `?api_key[0]=${GRAFANA}`, {}, OTHER_PARAMETER],
    ['a parameter API_KEY in upper case', `?API_KEY=${GRAFANA}`, {}, OTHER_PARAMETER],
    ['a very long key', '', { 'X-API-Key': 'x'.repeat(8000) }, WRONG],
    ['two valid keys', `?api_key=${GRAFANA}`, { 'X-API-Key': CI }, SEVERAL],
    ['a valid and a wrong key', `?api_key=${GRAFANA}`, { 'X-API-Key': 'wrong' }, SEVERAL],
    [
      'three different keys in three places',
      `?api_key=${GRAFANA}`,
      { 'X-API-Key': CI, Authorization: 'Bearer third-key-0123456789' },
      SEVERAL,
    ],
    ['the word Bearer twice', '', { Authorization: `Bearer Bearer ${GRAFANA}` }, WRONG],
    ['Bearer without a space', '', { Authorization: `Bearer${GRAFANA}` }, NO_SCHEME],
    ['Authorization with only a key', '', { Authorization: GRAFANA }, NO_SCHEME],
    ['a key in quotes', '', { 'X-API-Key': `"${GRAFANA}"` }, WRONG],
    ['a key in base64', '', { 'X-API-Key': Buffer.from(GRAFANA).toString('base64') }, WRONG],
    ['the digest of a key', '', { 'X-API-Key': createHash('sha256').update(GRAFANA).digest('hex') }, WRONG],
    ['a digest in the format of API_KEYS', '', { 'X-API-Key': `sha256:${'0'.repeat(64)}` }, WRONG],
    ['a percent-encoded key in a header', '', { 'X-API-Key': GRAFANA.replace('-', '%2D') }, WRONG],
    ['a key with double percent encoding', `?api_key=${GRAFANA.replace('-', '%252D')}`, {}, WRONG],
    ['white space before a key', `?api_key=%20${GRAFANA}`, {}, WRONG],
    ['a line break after a key', `?api_key=${GRAFANA}%0A`, {}, WRONG],
    ['a NUL after a key', `?api_key=${GRAFANA}%00`, {}, WRONG],
    ['a key in UTF-16', `?api_key=${GRAFANA.replaceAll(/./g, '$&%00')}`, {}, WRONG],
    [
      'a Cyrillic look-alike of a letter',
      `?api_key=${encodeURIComponent(GRAFANA.replace('a', '\u0430'))}`,
      {},
      WRONG,
    ],
    [
      'a full-width look-alike of a letter',
      `?api_key=${encodeURIComponent(GRAFANA.replace('g', '\uFF47'))}`,
      {},
      WRONG,
    ],
    ['a key with a combining character', `?api_key=${encodeURIComponent(`${GRAFANA}\u0301`)}`, {}, WRONG],
    ['a key with a zero-width space', `?api_key=${encodeURIComponent(`\u200B${GRAFANA}`)}`, {}, WRONG],
    ['a key with overlong UTF-8', `?api_key=${GRAFANA.replace('-', '%C0%AD')}`, {}, WRONG],
    ['a key with half a surrogate pair', `?api_key=${GRAFANA}%ED%A0%80`, {}, WRONG],
    ['an array api_key[]', `?api_key[]=${GRAFANA}`, {}, OTHER_PARAMETER],
    ['an object api_key[key]', `?api_key[key]=${GRAFANA}`, {}, OTHER_PARAMETER],
    ['a parameter __proto__[api_key]', `?__proto__[api_key]=${GRAFANA}`, {}, MISSING],
    ['api_key after a semicolon', `?view=full;api_key=${GRAFANA}`, {}, MISSING],
    ['a key in a cookie', '', { Cookie: `api_key=${GRAFANA}; X-API-Key=${GRAFANA}` }, MISSING],
    ['a key in the header X_API_Key', '', { X_API_Key: GRAFANA }, OTHER_HEADER],
    ['a key in the header X-Original-X-API-Key', '', { 'X-Original-X-API-Key': GRAFANA }, MISSING],
    [
      'a key in the header apikey and an unsupported scheme',
      '',
      { apikey: GRAFANA, Authorization: 'Negotiate YII=' },
      OTHER_HEADER,
    ],
  ])('responds with 401 to %s', async (_what, query, headers, message) => {
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
  ])('responds with 401 to a key in the header %s, and suggests X-API-Key', async (name) => {
    const { body } = await test.client.get('/stats').set(name, GRAFANA).expect(401);
    expect(body).toMatchObject({ message: OTHER_HEADER });
  });

  it.each(['apikey', 'apiKey', 'api-key', 'key', 'token', 'access_token', 'X-API-Key', 'auth'])(
    'responds with 401 to a key in the parameter %s, and suggests api_key',
    async (name) => {
      const { body } = await test.client.get(`/stats?${name}=${GRAFANA}`).expect(401);
      expect(body).toMatchObject({ message: OTHER_PARAMETER });
    },
  );

  it('rejects a key with bytes that are not allowed in a header', async () => {
    const port = Number(new URL(await test.app.getUrl()).port);
    for (const bytes of [
      `${GRAFANA}\0`,
      `\0${GRAFANA}`,
      `${GRAFANA}\x7f`,
      `${GRAFANA}\xe9`,
      `\xef\xbb\xbf${GRAFANA}`,
    ]) {
      const [response] = parseResponses(
        await exchange(port, `GET /stats HTTP/1.1\r\nHost: x\r\nX-API-Key: ${bytes}\r\n\r\n`),
      );
      expect(response?.status).toBeOneOf([400, 401]);
    }
  });

  it('ignores white space around the value of X-API-Key', async () => {
    const port = Number(new URL(await test.app.getUrl()).port);
    const request = `GET /stats HTTP/1.1\r\nHost: x\r\nX-API-Key: \t ${GRAFANA} \t\r\n\r\n`;
    expect(parseResponses(await exchange(port, request))).toMatchObject([{ status: 200 }]);
  });

  it('responds with 401 when a header is repeated, also with the same key', async () => {
    const port = Number(new URL(await test.app.getUrl()).port);
    for (const header of ['X-API-Key: ', 'Authorization: Bearer ']) {
      const twice = `${header}${GRAFANA}\r\n`.repeat(2);
      const [response] = parseResponses(
        await exchange(port, `GET /stats HTTP/1.1\r\nHost: x\r\n${twice}\r\n`),
      );
      expect(response?.status).toBe(401);
      expect(response?.body).toContain(`${header.split(':', 1)[0]} is repeated: send it once`);
    }
  });

  it('responds with 401 on every route with data, but not on /health', async () => {
    for (const path of ['/stats', '/stats?view=full', '/containers/my-app/stats']) {
      await test.client.get(path).expect(401);
    }
    for (const path of ['/health', '/health/live', '/health/ready']) await test.client.get(path).expect(200);
  });

  it('responds with 404, without WWW-Authenticate, on unknown routes', async () => {
    const { headers } = await test.client.get('/nowhere').expect(404);
    expect(headers).not.toHaveProperty('www-authenticate');
  });

  it('responds with 401 before it validates query parameters', async () => {
    await test.client.get('/stats?view=nonsense').expect(401);
  });
});

describe('WWW-Authenticate of a 401', () => {
  const BOTH = 'Bearer realm="docker-stats-api", Basic realm="docker-stats-api", charset="UTF-8"';
  const BEARER_ALONE = 'Bearer realm="docker-stats-api"';
  const PAGE = { 'User-Agent': 'Mozilla/5.0 (X11)', Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
  const SCRIPT = { 'User-Agent': 'Mozilla/5.0 (X11)', Accept: '*/*' };

  it.each([
    ['Bearer and Basic to a program', {}, BOTH],
    ['Bearer and Basic to a navigation of a browser', { ...PAGE, 'Sec-Fetch-Mode': 'navigate' }, BOTH],
    ['Bearer and Basic to a navigation of a browser over plain HTTP', PAGE, BOTH],
    ['only Bearer to fetch() in a page', { ...SCRIPT, 'Sec-Fetch-Mode': 'cors' }, BEARER_ALONE],
    ['only Bearer to EventSource in a page', { 'Sec-Fetch-Mode': 'same-origin' }, BEARER_ALONE],
    ['only Bearer to fetch() in a page over plain HTTP', SCRIPT, BEARER_ALONE],
  ])('offers %s', async (_what, headers, expected) => {
    const response = await test.client.get('/stats').set(headers).expect(401);
    expect(response.headers['www-authenticate']).toBe(expected);
  });

  it('is sent as one header line for each challenge', async () => {
    const port = Number(new URL(await test.app.getUrl()).port);
    const [response] = parseResponses(await exchange(port, 'GET /stats HTTP/1.1\r\nHost: x\r\n\r\n'));
    expect(response?.head.match(/^WWW-Authenticate: \w+/gm)).toEqual([
      'WWW-Authenticate: Bearer',
      'WWW-Authenticate: Basic',
    ]);
  });
});

describe('Authentication with an expired API key', () => {
  it('responds with 401 and says that the key has expired', async () => {
    const own = await bootApp({ API_KEYS: 'ci:expired-key-0123456789;expires=2020-02-29' });
    await own.client.get('/stats').set('X-API-Key', 'expired-key-0123456789').expect(401, {
      statusCode: 401,
      code: 'unauthorized',
      message: 'The API key has expired: ask the operator for a new one',
    });
    await own.app.close();
  });
});

describe('Authentication when API_KEYS is empty', () => {
  it('responds with 401 to an empty key and to the text undefined', async () => {
    const own = await bootApp({ API_KEYS: '' });
    await own.client.get('/stats').set('X-API-Key', 'undefined').expect(401);
    await own.client.get('/stats?api_key=').expect(401);
    await own.app.close();
  });
});

it('The service never logs an API key, and never repeats one in a response', async () => {
  const texts: unknown[] = [];
  for (const level of ['log', 'warn', 'error', 'debug', 'verbose', 'fatal'] as const) {
    vi.spyOn(Logger.prototype, level).mockImplementation((...args: unknown[]) => void texts.push(args));
  }
  const own = await bootApp({ API_KEYS: `grafana:${GRAFANA}` });
  own.runner.stats = new Error('a bug');
  for (const path of ['/stats', '/nowhere', '/stats?foo=1', '/containers/none/stats']) {
    const { text } = await own.client.get(`${path}${path.includes('?') ? '&' : '?'}api_key=${GRAFANA}`);
    texts.push(text);
  }
  await own.app.close();
  expect(texts.length).toBeGreaterThan(4); // the four responses and the log lines
  expect(JSON.stringify(texts)).not.toContain(GRAFANA);
});
