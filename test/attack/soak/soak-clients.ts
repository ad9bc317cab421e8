import { once } from 'node:events';
import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { random } from '../../support/vitest/random.js';
import { SoakConnection } from './soak-connection.js';
import { HISTORY_CLIENTS } from './soak-history-clients.js';
import {
  type Clients,
  CONTAINERS,
  expectContainers,
  expectLength,
  formatLastRequest,
  formatRequest,
  get,
  getJson,
  KINDS,
} from './soak-requests.js';

const WEB_CONTAINERS = Math.ceil(CONTAINERS / KINDS);

/** Every kind of client. */
export const CLIENTS: Clients = {
  ...HISTORY_CLIENTS,
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
