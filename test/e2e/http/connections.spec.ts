import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { row } from '../../support/docker/docker-rows.js';
import type { FakeCommandRunner } from '../../support/docker/fake-command-runner.js';
import { bootApp, KEY, type TestApp } from '../../support/service/test-app.js';

const LIVE = 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n';
const STATS = `GET /stats HTTP/1.1\r\nHost: x\r\nX-API-Key: ${KEY}\r\n\r\n`;

/** So many containers that their response is larger than the socket buffers of the kernel. */
const CONTAINERS = 60_000;
const LARGE_OUTPUT = Array.from({ length: CONTAINERS }, (_, n) =>
  row({ ID: n.toString(16).padStart(64, '0') }),
).join('');
const END_OF_LARGE_RESPONSE = '],"skipped":[]}\n';

let test: TestApp<FakeCommandRunner>;
/** The service's ends of its connections, by the port of the client. */
const serverSockets = new Map<number, Socket>();
const connections = new Set<Connection>();
afterEach(async () => {
  connections.forEach(({ socket }) => socket.destroy());
  connections.clear();
  serverSockets.clear();
  await test.app.close();
});

async function boot(env: Record<string, string> = {}): Promise<void> {
  test = await bootApp(env);
  test.runner.stats = { stdout: row() };
  test.app
    .getHttpServer()
    .on('connection', (socket: Socket) => serverSockets.set(socket.remotePort ?? 0, socket));
}

interface ConnectionOptions {
  /** Whether the client keeps its end of the connection open when the service has closed its own. */
  readonly allowHalfOpen?: boolean;
}

/** A client's end of a connection. */
class Connection {
  /** What the service has sent. */
  text = '';
  isClosed = false;
  readonly closedAfterMs: Promise<number>;
  #port = 0;

  private constructor(readonly socket: Socket) {
    const openedAt = performance.now();
    this.closedAfterMs = new Promise((resolve) => {
      socket.once('close', () => {
        this.isClosed = true;
        resolve(performance.now() - openedAt);
      });
    });
    socket.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
    socket.on('error', () => undefined);
    connections.add(this);
  }

  /** Opens a connection and sends a text. */
  static async open(text = '', options: ConnectionOptions = {}): Promise<Connection> {
    const { port } = new URL(await test.app.getUrl());
    const connection = new Connection(connect({ port: Number(port), host: '127.0.0.1', ...options }));
    await once(connection.socket, 'connect');
    connection.#port = connection.socket.localPort ?? 0;
    connection.socket.write(text);
    return connection;
  }

  /** Opens a connection that has received the beginning of a large response and reads no more. */
  static async openWithUnreadResponse(options: ConnectionOptions = {}): Promise<Connection> {
    test.runner.stats = { stdout: LARGE_OUTPUT };
    const connection = await Connection.open(STATS.replace('/stats', '/stats?view=full'), options);
    await once(connection.socket, 'data');
    connection.socket.pause();
    return connection;
  }

  /** The service's end of this connection. */
  get serverSide(): Socket | undefined {
    return serverSockets.get(this.#port);
  }

  sendEvery(ms: number, text: string): void {
    const timer = setInterval(() => this.socket.write(text), ms);
    this.socket.once('close', () => clearInterval(timer));
  }

  /** Waits until the client has received so many responses with status 200. */
  async receives(count = 1): Promise<void> {
    const check = (): void => {
      const received = this.text.split('HTTP/1.1 200 OK').length - 1;
      if (received !== count) throw new Error(`Received ${received} responses instead of ${count}`);
    };
    await vi.waitFor(check, { timeout: 5000 });
  }
}

describe('REQUEST_TIMEOUT_MS', () => {
  it('closes the connection of a client that does not complete its request', async () => {
    await boot({ REQUEST_TIMEOUT_MS: '500' });
    const clients = [
      ['sends nothing', '', ''],
      ['stops in the headers', 'GET /health/live HTTP/1.1\r\nHost: x\r\n', ''],
      ['sends headers slowly', 'GET /health/live HTTP/1.1\r\nHost: x\r\n', 'X-Slow: loris\r\n'],
      ['stops in the body', 'GET /health/live HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1', ''],
      ['sends the body slowly', `${LIVE.slice(0, -2)}Content-Length: 9000\r\n\r\n`, '1'],
    ] as const;
    await Promise.all(
      clients.map(async ([name, start, repeated]) => {
        const connection = await Connection.open(start);
        connection.sendEvery(100, repeated);
        const ms = await connection.closedAfterMs;
        expect({ name, ms }).toSatisfy(() => ms > 450 && ms < 5000);
      }),
    );
  });
});

describe('a client that never closes its end of the connection', () => {
  it('is disconnected shortly after the response', async () => {
    await boot({ REQUEST_TIMEOUT_MS: '500' });
    const clients = [
      ['sends nothing', '', '', 408],
      ['sends the request line slowly', 'GET /', 'x', 408],
      ['sends too large headers, and continues', `${LIVE.slice(0, -2)}X: `, 'x'.repeat(20_000), 431],
      ['sends malformed HTTP, and continues', 'hello\r\n\r\n', 'x'.repeat(20_000), 400],
      ['stops in the body', `${LIVE.slice(0, -2)}Content-Length: 9\r\n\r\n1`, '', 200],
      ['sends Connection: close', LIVE.replace('Host', 'Connection: close\r\nHost'), '', 200],
    ] as const;
    await Promise.all(
      clients.map(async ([message, start, repeated, status]) => {
        const connection = await Connection.open(start, { allowHalfOpen: true });
        connection.sendEvery(100, repeated);
        const response = new RegExp(`^HTTP/1\\.1 ${status} .*\\}\n$`, 's');
        await expect.poll(() => connection.text, { message }).toMatch(response);
        await expect.poll(() => connection.serverSide?.destroyed, { message }).toBe(true);
      }),
    );
  });

  it('receives the whole response to its first request, then 408 for an incomplete second one', async () => {
    await boot({ REQUEST_TIMEOUT_MS: '100' });
    const connection = await Connection.openWithUnreadResponse({ allowHalfOpen: true });
    const timedOut = once(test.app.getHttpServer(), 'clientError');
    connection.socket.write('GET /');
    await timedOut;
    connection.socket.resume();
    await expect.poll(() => connection.serverSide?.destroyed).toBe(true);
    await expect
      .poll(() => connection.text.slice(-400))
      .toMatch(/"skipped":\[\]\}\n?HTTP\/1\.1 408 Request Timeout\r\n.*\}\n$/s);
  });

  it('is disconnected by the write timeout when it reads nothing, but sends a second request slowly', async () => {
    await boot({ REQUEST_TIMEOUT_MS: '100' });
    const connection = await Connection.openWithUnreadResponse({ allowHalfOpen: true });
    connection.socket.write('GET /');
    connection.serverSide?.setTimeout(500); // instead of 60 s
    connection.sendEvery(100, 'x');
    await expect.poll(() => connection.serverSide?.destroyed).toBe(true);
  });
});

describe('KEEP_ALIVE_TIMEOUT_MS', () => {
  it('keeps an idle connection open for this time, even if REQUEST_TIMEOUT_MS is shorter', async () => {
    await boot({ REQUEST_TIMEOUT_MS: '100', KEEP_ALIVE_TIMEOUT_MS: '2000' });
    const idle = await Connection.open(LIVE);
    const reused = await Connection.open(LIVE);
    await idle.receives();
    await reused.receives();
    expect(idle.text).toContain('Keep-Alive: timeout=2\r\n');
    await new Promise((resolve) => setTimeout(resolve, 1500)); // longer than the request timeout and its check every second
    reused.socket.write(LIVE);
    await reused.receives(2);
    expect(await idle.closedAfterMs).toBeGreaterThan(1900);
  });
});

describe('when 90 % of CONNECTIONS_MAX are open, the service', () => {
  it('closes idle connections', async () => {
    await boot({ CONNECTIONS_MAX: '10', TRUST_PROXY: 'loopback' });
    const idle = await Promise.all(Array.from({ length: 8 }, () => Connection.open(LIVE)));
    for (const connection of idle) await connection.receives();
    expect(idle.some(({ isClosed }) => isClosed)).toBe(false);
    const ninth = await Connection.open(LIVE);
    await ninth.receives();
    await Promise.all(idle.map(({ closedAfterMs }) => closedAfterMs));
    expect(ninth.isClosed).toBe(false);
  });

  it('keeps connections that receive a response or send a request', async () => {
    await boot({ CONNECTIONS_MAX: '10', TRUST_PROXY: 'loopback' });
    const receiving = await Connection.openWithUnreadResponse();
    const sending = await Connection.open(LIVE);
    await sending.receives();
    sending.socket.write(LIVE.slice(0, 20));
    const idle = await Connection.open(LIVE);
    await idle.receives();
    await Promise.all(Array.from({ length: 7 }, () => Connection.open('GET /')));
    await idle.closedAfterMs;
    sending.socket.write(LIVE.slice(20));
    await sending.receives(2);
    receiving.socket.resume();
    await expect.poll(() => receiving.text.slice(-END_OF_LARGE_RESPONSE.length)).toBe(END_OF_LARGE_RESPONSE);
  });
});

describe('CONNECTIONS_MAX', () => {
  it('limits the open connections', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    await boot({ CONNECTIONS_MAX: '4', TRUST_PROXY: 'loopback' });
    const open = await Promise.all(Array.from({ length: 4 }, () => Connection.open('GET /')));
    const refused = await Connection.open(LIVE);
    await refused.closedAfterMs;
    expect(open.some(({ isClosed }) => isClosed)).toBe(false);
    open[0]?.socket.destroy();
    await expect.poll(() => open[0]?.serverSide?.closed).toBe(true);
    const accepted = await Connection.open(LIVE);
    await accepted.receives();
    expect(warn.mock.calls).toEqual([
      ['Refusing new connections: 4 are open, the maximum (see CONNECTIONS_MAX)'],
    ]);
  });

  it.each(['off', '1'])(
    'limits the connections of one address to half of it, with TRUST_PROXY=%s',
    async (TRUST_PROXY) => {
      const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
      await boot({ CONNECTIONS_MAX: '10', TRUST_PROXY });
      const open = await Promise.all(Array.from({ length: 5 }, () => Connection.open('GET /')));
      const refused = await Connection.open(LIVE);
      await refused.closedAfterMs;
      open[0]?.socket.destroy();
      await expect.poll(() => open[0]?.serverSide?.closed).toBe(true);
      const accepted = await Connection.open(LIVE);
      await accepted.receives();
      expect(warn.mock.calls).toEqual([
        [
          'Refusing new connections from 127.0.0.1: 5 are open, the maximum for one address. ' +
            'If it is a proxy, set TRUST_PROXY to its address',
        ],
      ]);
    },
  );

  it('counts an IPv6 /64 network as one address', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    await boot({ CONNECTIONS_MAX: '10' });
    const addresses = ['::1', '::2', '::3', '::4', ':0:0:9::5', '::6', ':0:1::1'].map(
      (end) => `2001:db8${end}`,
    );
    test.app.getHttpServer().prependListener('connection', (socket: Socket) => {
      Object.defineProperty(socket, 'remoteAddress', { value: addresses.shift() });
    });
    for (let n = 1; n <= 5; n++) await Connection.open('GET /');
    const sixth = await Connection.open(LIVE);
    await sixth.closedAfterMs;
    const ofOtherNetwork = await Connection.open(LIVE);
    await ofOtherNetwork.receives();
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/^Refusing new connections from 2001:db8::\/64: 5 are open, /)],
    ]);
  });
});

describe('pipelining', () => {
  it('is served for 100 requests at once', async () => {
    await boot();
    const connection = await Connection.open(STATS.repeat(100));
    await connection.receives(100);
    expect(connection.isClosed).toBe(false);
  });

  it('of more than 100 requests closes the connection, and only the first request counts for the rate limit', async () => {
    await boot({ RATE_LIMIT_PER_MINUTE: '2' });
    const docker = new EventEmitter();
    test.runner.stats = once(docker, 'end').then(() => ({ stdout: row() }));
    const connection = await Connection.open(STATS.repeat(600));
    await connection.closedAfterMs;
    expect(connection.text).toBe('');
    docker.emit('end');
    await test.get('/stats').expect(200);
    await test.get('/stats').expect(429);
  });
});

describe('the write timeout of 60 seconds', () => {
  it('does not apply to a request that waits for docker', async () => {
    await boot();
    const docker = new EventEmitter();
    test.runner.stats = once(docker, 'end').then(() => ({ stdout: row() }));
    const connection = await Connection.open(STATS);
    await expect.poll(() => test.runner.statsRuns).toBe(1);
    connection.serverSide?.emit('timeout');
    docker.emit('end');
    await connection.receives();
  });

  it('closes the connection of a client that does not read its response', async () => {
    await boot();
    const connection = await Connection.openWithUnreadResponse();
    connection.serverSide?.emit('timeout');
    connection.socket.resume();
    await connection.closedAfterMs;
    expect(connection.text.length).toBeLessThan(CONTAINERS * 200); // half of it; the kernel buffers some megabytes
  });

  it('does not apply to a stream, which has its own', async () => {
    await boot();
    const connection = await Connection.open(STATS.replace('/stats', '/stats/stream'));
    await connection.receives();
    expect(connection.serverSide?.timeout).toBe(0);
  });
});
