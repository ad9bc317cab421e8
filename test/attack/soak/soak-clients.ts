import { once } from 'node:events';
import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { random } from '../../support/vitest/random.js';
import { type HttpResponse, httpGet } from '../http-get.js';
import { SoakConnection } from './soak-connection.js';

/** How many containers the fake docker CLI has. It has six kinds of them, in turn. */
export const CONTAINERS = 50;

const WEB_CONTAINERS = Math.ceil(CONTAINERS / 6);

/** What a client needs to send requests. */
export interface Target {
  readonly url: string;
  readonly port: number;
  readonly key: string;
  /** Keeps connections alive; shared by all clients that reuse connections. */
  readonly agent: Agent;
}

/** Sends the requests of one client. Throws if a response is not the expected one. */
type Client = (target: Target) => Promise<unknown>;

/** Every kind of client. `share` is how many clients are of this kind, relative to the rarest kinds. */
export const CLIENTS: Readonly<Record<string, { readonly share: number; readonly run: Client }>> = {
  'GET /stats': { share: 20, run: (target) => expectContainers(target, '/stats', CONTAINERS) },
  'GET /stats over a new connection': {
    share: 10,
    run: (target) => expectContainers({ ...target, agent: new Agent() }, '/stats', CONTAINERS),
  },
  'GET /stats?view=full': {
    share: 10,
    run: async (target) => {
      const { containers } = (await getJson(target, '/stats?view=full')) as { containers: unknown };
      expectLength(containers, CONTAINERS);
    },
  },
  'GET /stats?name=': {
    share: 10,
    run: (target) => expectContainers(target, '/stats?name=demo-web-*', WEB_CONTAINERS),
  },
  'GET /stats?name= with a new name': {
    share: 10,
    run: (target) => expectContainers(target, `/stats?name=${random()}`, 0),
  },
  'GET /containers/x/stats': {
    share: 10,
    run: (target) => getJson(target, '/containers/demo-web-1/stats'),
  },
  'GET /containers/x/stats of a missing container': {
    share: 3,
    run: (target) => get(target, `/containers/${random()}/stats`, 404),
  },
  gzip: {
    share: 5,
    run: async (target) => {
      const { body } = await get(target, '/stats', 200, { 'Accept-Encoding': 'gzip' });
      expectLength(JSON.parse(String(gunzipSync(body))), CONTAINERS);
    },
  },
  'If-None-Match': {
    share: 5,
    run: async (target) => {
      const { headers } = await get(target, '/stats', 200);
      await get(target, '/stats', [200, 304], { 'If-None-Match': headers.etag ?? '' });
    },
  },
  'no-cache': { share: 2, run: (target) => get(target, '/stats', 200, { 'Cache-Control': 'no-cache' }) },
  'GET /health/live': { share: 3, run: (target) => get(target, '/health/live', 200) },
  'GET /health/ready': { share: 3, run: (target) => get(target, '/health/ready', 200) },
  'wrong key': { share: 3, run: (target) => get({ ...target, key: String(random()) }, '/stats', 401) },
  'unknown route': { share: 2, run: (target) => get(target, `/${random()}`, 404) },
  'unknown query parameter': { share: 2, run: (target) => get(target, `/stats?x=${random()}`, 400) },
  stream: {
    share: 3,
    run: (target) =>
      SoakConnection.use(target.port, async (connection) => {
        connection.send(formatRequest(target, '/stats/stream'));
        await connection.waitFor(/event: stats[^]*event: stats[^]*\n\n/);
      }),
  },
  'stream that is not read': {
    share: 1,
    run: (target) =>
      SoakConnection.use(target.port, async (connection) => {
        connection.send(formatRequest(target, '/stats/stream?view=full'));
        await connection.waitFor(/event: stats/);
        connection.socket.pause();
        await delay(1500);
      }),
  },
  'disconnects during a response': {
    share: 3,
    run: (target) =>
      SoakConnection.use(target.port, async (connection) => {
        connection.send(formatRequest(target, '/stats?view=full').repeat(20));
        await connection.waitFor(/^HTTP\/1.1 200/);
      }),
  },
  'disconnects before the response': {
    share: 3,
    run: (target) =>
      SoakConnection.use(target.port, async (connection) => {
        connection.send(formatRequest(target, '/stats', 'Cache-Control: no-cache\r\n'));
        await delay(5);
      }),
  },
  'disconnects during the request': {
    share: 2,
    run: (target) =>
      SoakConnection.use(target.port, async (connection) => {
        connection.send('GET /stats HTTP/1.1\r\nHost:');
        await once(connection.socket, 'connect');
      }),
  },
  'slow reader': {
    share: 1,
    run: (target) =>
      SoakConnection.use(target.port, async (connection) => {
        connection.send(
          formatRequest(target, '/stats?view=full').repeat(90) + formatLastRequest(target, '/health/live'),
        );
        connection.readSlowly();
        await connection.waitFor(/\{"status":"ok"[^]*$/);
      }),
  },
  'pipelined requests': {
    share: 2,
    run: (target) =>
      SoakConnection.use(target.port, async (connection) => {
        connection.send(formatRequest(target, '/stats').repeat(10) + formatLastRequest(target, '/nowhere'));
        const text = await connection.waitFor(/HTTP\/1.1 404[^]*"not_found"/);
        expectLength(text.match(/HTTP\/1.1 200/g), 10);
      }),
  },
  'not HTTP': {
    share: 2,
    run: (target) =>
      SoakConnection.use(target.port, async (connection) => {
        connection.send(`${random()}\r\n\r\n`);
        await connection.waitFor(/^HTTP\/1.1 400 [^]*"invalid_request"/);
      }),
  },
  'headers that are too long': {
    share: 1,
    run: (target) =>
      SoakConnection.use(target.port, async (connection) => {
        connection.send(formatRequest(target, '/stats', `X: ${'x'.repeat(20_000)}\r\n`));
        await connection.waitFor(/^HTTP\/1.1 431 [^]*"invalid_request"/);
      }),
  },
  'idle after a request': {
    share: 1,
    run: (target) =>
      SoakConnection.use(target.port, async (connection) => {
        connection.send(formatRequest(target, '/stats'));
        await connection.waitFor(/^HTTP\/1.1 200/);
        await delay(1000);
      }),
  },
  'idle without a request': { share: 1, run: ({ port }) => SoakConnection.use(port, () => delay(1000)) },
};

async function get(
  { url, key, agent }: Target,
  path: string,
  statuses: number | readonly number[],
  headers: Record<string, string> = {},
): Promise<HttpResponse> {
  const response = await httpGet(url + path, { 'X-API-Key': key, ...headers }, agent);
  const { status, body } = response;
  if (![statuses].flat().includes(status)) throw new Error(`Unexpected status ${status}: ${String(body)}`);
  return response;
}

async function getJson(target: Target, path: string): Promise<unknown> {
  return JSON.parse(String((await get(target, path, 200)).body));
}

async function expectContainers(target: Target, path: string, count: number): Promise<void> {
  expectLength(await getJson(target, path), count);
}

function expectLength(list: unknown, length: number): void {
  if (!Array.isArray(list) || list.length !== length) {
    throw new Error(`Expected a list of ${length}, received ${JSON.stringify(list).slice(0, 200)}`);
  }
}

function formatRequest({ key }: Target, path: string, headers = ''): string {
  return `GET ${path} HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\n${headers}\r\n`;
}

function formatLastRequest(target: Target, path: string): string {
  return formatRequest(target, path, 'Connection: close\r\n');
}
