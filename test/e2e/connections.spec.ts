import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { row } from '../support/docker-rows.js';
import type { FakeCommandRunner } from '../support/fake-command-runner.js';
import { SlowReader } from '../support/slow-reader.js';
import { bootApp, KEY, type TestApp } from '../support/test-app.js';

const LIVE = 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n';
const STATS = `GET /stats HTTP/1.1\r\nHost: x\r\nX-API-Key: ${KEY}\r\n\r\n`;

let test: TestApp<FakeCommandRunner>;
const connections = new Set<Connection>();
afterEach(async () => {
  connections.forEach(({ socket }) => socket.destroy());
  connections.clear();
  await test.app.close();
});

/** Boots the service with these settings. */
async function boot(env: Record<string, string>): Promise<void> {
  test = await bootApp(env);
  test.runner.stats = { stdout: row() };
}

/** A client's connection: what came, and when it was closed. */
class Connection {
  text = '';
  readonly isOpen: Promise<void>;
  readonly closedAfterMs: Promise<number>;
  isClosed = false;

  private constructor(readonly socket: Socket) {
    const openedAt = performance.now();
    this.closedAfterMs = new Promise((resolve) => {
      socket.once('close', () => {
        this.isClosed = true;
        resolve(performance.now() - openedAt);
      });
    });
    this.isOpen = once(socket, 'connect').then(() => undefined);
    socket.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
    socket.on('error', () => undefined);
    connections.add(this);
  }

  /** Opens one, and sends this. */
  static async open(text = '', options: { readonly allowHalfOpen?: boolean } = {}): Promise<Connection> {
    const { port } = new URL(await test.app.getUrl());
    const connection = new Connection(connect({ port: Number(port), host: '127.0.0.1', ...options }));
    await connection.isOpen;
    connection.socket.write(text);
    return connection;
  }

  /** Waits until so many answers have come. */
  async answers(count = 1): Promise<void> {
    const look = (): void => {
      const answers = this.text.split('HTTP/1.1 200 OK').length - 1;
      if (answers !== count) throw new Error(`${answers} answers, not ${count}`);
    };
    await vi.waitFor(look, { timeout: 5000 });
  }
}

describe('a client that does not come to the end of its request', () => {
  it.each([
    ['sends nothing', '', ''],
    ['stops in the head', 'GET /health/live HTTP/1.1\r\nHost: x\r\n', ''],
    ['sends a header now and then', 'GET /health/live HTTP/1.1\r\nHost: x\r\n', 'X-Slow: loris\r\n'],
    ['stops in the body', 'GET /health/live HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1', ''],
    ['sends a byte of the body now and then', `${LIVE.slice(0, -2)}Content-Length: 9000\r\n\r\n`, '1'],
  ])('is cut off in time: %s', async (_how, start, drip) => {
    await boot({ REQUEST_TIMEOUT_MS: '500' });
    const connection = await Connection.open(start);
    const timer = setInterval(() => connection.socket.write(drip), 100);
    const ms = await connection.closedAfterMs;
    clearInterval(timer);
    expect(ms).toBeGreaterThan(450);
    expect(ms).toBeLessThan(5000);
  });
});

/** A client that has read the beginning of a large response. */
async function withUnreadResponse(): Promise<{ connection: Connection; serverSide: Socket }> {
  const rows = Array.from({ length: 60_000 }, (_, n) => row({ ID: n.toString(16).padStart(64, '0') }));
  test.runner.stats = { stdout: rows.join('') };
  const opened = once(test.app.getHttpServer(), 'connection');
  const connection = await Connection.open(STATS.replace('/stats', '/stats?view=full'), {
    allowHalfOpen: true,
  });
  const [serverSide] = (await opened) as [Socket];
  await once(connection.socket, 'data');
  connection.socket.pause();
  return { connection, serverSide };
}

describe('a client that never closes its end of the connection', () => {
  it.each([
    ['sends nothing', '', '', 408],
    ['sends a byte now and then', 'GET /', 'x', 408],
    ['sends too large a head, and more of it', `${LIVE.slice(0, -2)}X: `, 'x'.repeat(20_000), 431],
    ['sends what is no request, and more of it', 'hello\r\n\r\n', 'x'.repeat(20_000), 400],
    ['stops in the body', `${LIVE.slice(0, -2)}Content-Length: 9\r\n\r\n1`, '', 200],
    [
      'has a request whose connection ends with it',
      LIVE.replace('Host', 'Connection: close\r\nHost'),
      '',
      200,
    ],
  ])('holds it no longer than a moment after the response: %s', async (_how, start, drip, status) => {
    await boot({ REQUEST_TIMEOUT_MS: '500' });
    const sockets = serverSockets();
    const connection = await Connection.open(start, { allowHalfOpen: true });
    const timer = setInterval(() => connection.socket.write(drip), 100);
    onTestFinished(() => clearInterval(timer));
    await expect.poll(() => connection.text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} .*\\}\n$`, 's'));
    await expect.poll(() => sockets[0]?.destroyed).toBe(true);
  });

  it('gets the whole response, and then the 408 of a second request that it does not finish', async () => {
    await boot({ REQUEST_TIMEOUT_MS: '500' });
    const { connection, serverSide } = await withUnreadResponse();
    const timedOut = once(test.app.getHttpServer(), 'clientError');
    connection.socket.write('GET /');
    await timedOut;
    connection.socket.resume();
    await expect.poll(() => serverSide.destroyed).toBe(true);
    await expect
      .poll(() => connection.text.slice(-400))
      .toMatch(/"skipped":\[\]\}\n?HTTP\/1\.1 408 Request Timeout\r\n.*\}\n$/s);
  });

  it('and reads nothing is not kept by a second request that comes byte by byte', async () => {
    await boot({ REQUEST_TIMEOUT_MS: '500' });
    const { connection, serverSide } = await withUnreadResponse();
    connection.socket.write('GET /');
    serverSide.setTimeout(1000); // in place of a minute
    const timer = setInterval(() => connection.socket.write('x'), 200);
    onTestFinished(() => clearInterval(timer));
    await expect.poll(() => serverSide.destroyed, { timeout: 8000 }).toBe(true);
  });
});

describe('a connection that waits for another request', () => {
  it('is kept for the time that is set, whatever a request may take', async () => {
    await boot({ REQUEST_TIMEOUT_MS: '300', KEEP_ALIVE_TIMEOUT_MS: '3000' });
    const connection = await Connection.open(LIVE);
    await connection.answers(1);
    expect(connection.text).toContain('Keep-Alive: timeout=3\r\n');
    await new Promise((resolve) => setTimeout(resolve, 2000));
    connection.socket.write(LIVE);
    await connection.answers(2);
    expect(await connection.closedAfterMs).toBeGreaterThan(4900);
  });

  it('gives way when there are many', async () => {
    await boot({ CONNECTIONS_MAX: '10', TRUST_PROXY: 'loopback' });
    const idle = await Promise.all(Array.from({ length: 8 }, () => Connection.open(LIVE)));
    for (const connection of idle) await connection.answers();
    expect(idle.some(({ isClosed }) => isClosed)).toBe(false);
    const newcomer = await Connection.open(LIVE);
    await newcomer.answers();
    await Promise.all(idle.map(({ closedAfterMs }) => closedAfterMs));
    expect(newcomer.isClosed).toBe(false);
  });
});

describe('a crowd', () => {
  it('does not cut off who reads a large answer slowly, nor who is sending a request', async () => {
    await boot({ CONNECTIONS_MAX: '10', TRUST_PROXY: 'loopback', KEEP_ALIVE_TIMEOUT_MS: '3000' });
    const rows = Array.from({ length: 60_000 }, (_, n) => row({ ID: n.toString(16).padStart(64, '0') }));
    test.runner.stats = { stdout: rows.join('') };
    const reader = new SlowReader(new URL(await test.app.getUrl()).port, '/stats?view=full');
    await reader.hasBegun();
    const sender = await Connection.open(LIVE);
    await sender.answers();
    sender.socket.write(LIVE.slice(0, 20));
    const idle = await Connection.open(LIVE);
    await idle.answers();
    await Promise.all(Array.from({ length: 7 }, () => Connection.open('GET /')));
    await idle.closedAfterMs;
    sender.socket.write(LIVE.slice(20));
    await sender.answers(2);
    expect((await reader.readAll()).slice(-16)).toBe('],"skipped":[]}\n');
  });
});

describe('connections', () => {
  it('are no more than is set', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    await boot({ CONNECTIONS_MAX: '4', TRUST_PROXY: 'loopback' });
    const busy = await Promise.all(Array.from({ length: 4 }, () => Connection.open('GET /')));
    await (
      await Connection.open(LIVE)
    ).closedAfterMs;
    expect(busy.some(({ isClosed }) => isClosed)).toBe(false);
    busy[0]?.socket.destroy();
    await expect.poll(async () => (await Connection.open(LIVE)).answers().then(() => true)).toBe(true);
    expect(warn.mock.calls).toEqual([['4 connections are open: no more are taken']]);
  });

  it.each(['off', '1'])(
    'of one address are half of that at most, with TRUST_PROXY=%s',
    async (TRUST_PROXY) => {
      const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
      await boot({ CONNECTIONS_MAX: '10', TRUST_PROXY });
      const busy = await Promise.all(Array.from({ length: 5 }, () => Connection.open('GET /')));
      await (
        await Connection.open(LIVE)
      ).closedAfterMs;
      busy[0]?.socket.destroy();
      await busy[0]?.closedAfterMs;
      await (await Connection.open(LIVE)).answers();
      expect(warn.mock.calls).toEqual([['127.0.0.1 has 5 connections open: no more of it are taken']]);
    },
  );
});

describe('connections by IPv6', () => {
  it('are counted by the network, of which a client has every address', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    await boot({ CONNECTIONS_MAX: '10' });
    const addresses = ['::1', '::2', '::3', '::4', ':0:0:9::5', '::6', ':0:1::1'].map(
      (end) => `2001:db8${end}`,
    );
    test.app.getHttpServer().prependListener('connection', (socket: Socket) => {
      Object.defineProperty(socket, 'remoteAddress', { value: addresses.shift() });
    });
    for (let n = 1; n <= 5; n++) await Connection.open('GET /');
    await (
      await Connection.open(LIVE)
    ).closedAfterMs;
    await (await Connection.open(LIVE)).answers();
    expect(warn.mock.calls).toEqual([['2001:db8::/64 has 5 connections open: no more of it are taken']]);
  });
});

describe('a client that asks on without waiting for answers', () => {
  it('is served, a hundred requests at once', async () => {
    await boot({});
    const connection = await Connection.open(STATS.repeat(100));
    await connection.answers(100);
    expect(connection.isClosed).toBe(false);
  });

  it('is cut off beyond that, and only the first request is looked at', async () => {
    await boot({ RATE_LIMIT_PER_MINUTE: '2' });
    const docker = new EventEmitter();
    test.runner.stats = once(docker, 'answer').then(() => ({ stdout: row() }));
    const connection = await Connection.open(STATS.repeat(600));
    await connection.closedAfterMs;
    expect(connection.text).toBe('');
    docker.emit('answer');
    await test.get('/stats').expect(200);
    await test.get('/stats').expect(429);
  });
});

/** The service's ends of the connections that come from now on. */
function serverSockets(): Socket[] {
  const sockets: Socket[] = [];
  test.app.getHttpServer().on('connection', (socket: Socket) => sockets.push(socket));
  return sockets;
}

describe('when nothing has moved on a connection for a minute', () => {
  it('who waits for docker is kept', async () => {
    await boot({});
    const docker = new EventEmitter();
    test.runner.stats = once(docker, 'answer').then(() => ({ stdout: row() }));
    const sockets = serverSockets();
    const connection = await Connection.open(STATS);
    await expect.poll(() => test.runner.statsRuns).toBe(1);
    sockets[0]?.emit('timeout');
    docker.emit('answer');
    await connection.answers();
  });

  it('who does not read the answer is cut off', async () => {
    await boot({});
    const rows = Array.from({ length: 60_000 }, (_, n) => row({ ID: n.toString(16).padStart(64, '0') }));
    test.runner.stats = { stdout: rows.join('') };
    const sockets = serverSockets();
    const reader = new SlowReader(new URL(await test.app.getUrl()).port, '/stats?view=full');
    await reader.hasBegun();
    sockets[0]?.emit('timeout');
    const { length } = await reader.readAll();
    expect(length).toBeLessThan(rows.length * 200); // the kernel holds some megabytes
  });

  it('a stream is kept, which watches over itself', async () => {
    await boot({});
    const sockets = serverSockets();
    const connection = await Connection.open(STATS.replace('/stats', '/stats/stream'));
    await connection.answers();
    expect(sockets[0]?.timeout).toBe(0);
  });
});
