import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { random } from '../support/random.js';
import { httpGet } from './http-get.js';

/** How many containers the clients expect to be served: each kind of the stand-in's, in turn. */
export const CONTAINERS = 50;

/** Of those: the first of six kinds. */
const WEB_CONTAINERS = Math.ceil(CONTAINERS / 6);

/** Without an answer for so long, a client gives up, and has something to say about it. */
const PATIENCE_MS = 20_000;

/** The service as its clients know it. */
export interface Site {
  readonly url: string;
  readonly port: number;
  readonly key: string;
  /** Connections that are kept alive, of all who want that. */
  readonly agent: Agent;
}

/** Does what one kind of client does, once. Throws what it does not expect. */
type Visit = (site: Site) => Promise<unknown>;

/** Every kind of client, well-behaved or not, and how many of each there are for one of the rarest. */
export const CLIENTS: Readonly<Record<string, { readonly share: number; readonly visit: Visit }>> = {
  'GET /stats': { share: 20, visit: (site) => getContainers(site, '/stats', CONTAINERS) },
  'GET /stats, a connection each': {
    share: 10,
    visit: (site) => getContainers({ ...site, agent: new Agent() }, '/stats', CONTAINERS),
  },
  'GET /stats?view=full': {
    share: 10,
    visit: async (site) => {
      const { containers } = (await getJson(site, '/stats?view=full')) as { containers: unknown };
      expectLength(containers, CONTAINERS);
    },
  },
  'GET /stats?name=': {
    share: 10,
    visit: (site) => getContainers(site, '/stats?name=demo-web-*', WEB_CONTAINERS),
  },
  'GET /stats?name=, a new one each': {
    share: 10,
    visit: (site) => getContainers(site, `/stats?name=${random()}`, 0),
  },
  'GET /containers/x/stats': { share: 10, visit: (site) => getJson(site, '/containers/demo-web-1/stats') },
  'the same of none': { share: 3, visit: (site) => get(site, `/containers/${random()}/stats`, 404) },
  gzip: {
    share: 5,
    visit: async (site) => {
      const { body } = await get(site, '/stats', 200, { 'Accept-Encoding': 'gzip' });
      expectLength(JSON.parse(String(gunzipSync(body))), CONTAINERS);
    },
  },
  'If-None-Match': {
    share: 5,
    visit: async (site) => {
      const { headers } = await get(site, '/stats', 200);
      await get(site, '/stats', [200, 304], { 'If-None-Match': headers.etag ?? '' });
    },
  },
  'no-cache': { share: 2, visit: (site) => get(site, '/stats', 200, { 'Cache-Control': 'no-cache' }) },
  'GET /health/live': { share: 3, visit: (site) => get(site, '/health/live', 200) },
  'GET /health/ready': { share: 3, visit: (site) => get(site, '/health/ready', 200) },
  'a wrong key': { share: 3, visit: (site) => get({ ...site, key: String(random()) }, '/stats', 401) },
  'an unknown route': { share: 2, visit: (site) => get(site, `/${random()}`, 404) },
  'an unknown parameter': { share: 2, visit: (site) => get(site, `/stats?x=${random()}`, 400) },
  'a stream': {
    share: 3,
    visit: (site) =>
      overSocket(site, async (client) => {
        client.send(requestFor(site, '/stats/stream'));
        await client.receives(/event: stats[^]*event: stats[^]*\n\n/);
      }),
  },
  'a stream that nobody reads': {
    share: 1,
    visit: (site) =>
      overSocket(site, async (client) => {
        client.send(requestFor(site, '/stats/stream?view=full'));
        await client.receives(/event: stats/);
        client.socket.pause();
        await delay(1500);
      }),
  },
  'hangs up in mid-answer': {
    share: 3,
    visit: (site) =>
      overSocket(site, async (client) => {
        client.send(requestFor(site, '/stats?view=full').repeat(20));
        await client.receives(/^HTTP\/1.1 200/);
      }),
  },
  'hangs up before the answer': {
    share: 3,
    visit: (site) =>
      overSocket(site, async (client) => {
        client.send(requestFor(site, '/stats', 'Cache-Control: no-cache\r\n'));
        await delay(5);
      }),
  },
  'hangs up in mid-request': {
    share: 2,
    visit: (site) =>
      overSocket(site, async (client) => {
        client.send('GET /stats HTTP/1.1\r\nHost:');
        await once(client.socket, 'connect');
      }),
  },
  'reads slowly': {
    share: 1,
    visit: (site) =>
      overSocket(site, async (client) => {
        client.send(requestFor(site, '/stats?view=full').repeat(90) + lastRequestFor(site, '/health/live'));
        client.readSlowly();
        await client.receives(/\{"status":"ok"[^]*$/);
      }),
  },
  'requests in a pipeline': {
    share: 2,
    visit: (site) =>
      overSocket(site, async (client) => {
        client.send(requestFor(site, '/stats').repeat(10) + lastRequestFor(site, '/nowhere'));
        const text = await client.receives(/HTTP\/1.1 404[^]*"not_found"/);
        expectLength(text.match(/HTTP\/1.1 200/g), 10);
      }),
  },
  'is no HTTP': {
    share: 2,
    visit: (site) =>
      overSocket(site, async (client) => {
        client.send(`${random()}\r\n\r\n`);
        await client.receives(/^HTTP\/1.1 400 [^]*"invalid_request"/);
      }),
  },
  'has a head that is too long': {
    share: 1,
    visit: (site) =>
      overSocket(site, async (client) => {
        client.send(requestFor(site, '/stats', `X: ${'x'.repeat(20_000)}\r\n`));
        await client.receives(/^HTTP\/1.1 431 [^]*"invalid_request"/);
      }),
  },
  'is idle after a request': {
    share: 1,
    visit: (site) =>
      overSocket(site, async (client) => {
        client.send(requestFor(site, '/stats'));
        await client.receives(/^HTTP\/1.1 200/);
        await delay(1000);
      }),
  },
  'says nothing': { share: 1, visit: (site) => overSocket(site, () => delay(1000)) },
};

async function get(
  { url, key, agent }: Site,
  path: string,
  statuses: number | readonly number[],
  headers: Record<string, string> = {},
): ReturnType<typeof httpGet> {
  const answer = await httpGet(url + path, { 'X-API-Key': key, ...headers }, agent);
  if (![statuses].flat().includes(answer.status)) throw new Error(`${answer.status} ${String(answer.body)}`);
  return answer;
}

async function getJson(site: Site, path: string): Promise<unknown> {
  return JSON.parse(String((await get(site, path, 200)).body));
}

async function getContainers(site: Site, path: string, count: number): Promise<void> {
  expectLength(await getJson(site, path), count);
}

function expectLength(list: unknown, length: number): void {
  if (!Array.isArray(list) || list.length !== length) {
    throw new Error(`not ${length}: ${JSON.stringify(list).slice(0, 200)}`);
  }
}

function requestFor({ key }: Site, path: string, headers = ''): string {
  return `GET ${path} HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\n${headers}\r\n`;
}

function lastRequestFor(site: Site, path: string): string {
  return requestFor(site, path, 'Connection: close\r\n');
}

/** Does something over a connection, and hangs up. */
async function overSocket({ port }: Site, visit: (client: RawClient) => Promise<unknown>): Promise<void> {
  const client = new RawClient(connect(port, '127.0.0.1'));
  try {
    await visit(client);
  } finally {
    client.socket.destroy();
  }
}

/** A client that says what it likes. */
class RawClient {
  #text = '';
  #changed: (() => void) | undefined;

  constructor(readonly socket: Socket) {
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      this.#text += text;
      this.#changed?.();
    });
    for (const event of ['error', 'close']) socket.on(event, () => this.#changed?.());
  }

  send(text: string): void {
    this.socket.write(text);
  }

  /** Waits until what has come matches. */
  async receives(pattern: RegExp): Promise<string> {
    const giveUpAt = performance.now() + PATIENCE_MS;
    while (!pattern.test(this.#text)) {
      if (this.socket.closed || performance.now() > giveUpAt) {
        throw new Error(
          `nothing like ${String(pattern)} came, but ${JSON.stringify(this.#text.slice(0, 200))}`,
        );
      }
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
        setTimeout(resolve, 1000);
      });
    }
    return this.#text;
  }

  /** Takes a piece now and then. */
  readSlowly(): void {
    this.socket.on('data', () => {
      this.socket.pause();
      setTimeout(() => this.socket.resume(), 20);
    });
  }
}
