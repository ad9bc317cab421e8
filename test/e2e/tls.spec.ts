import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { get, type RequestOptions } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { json, text } from 'node:stream/consumers';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Variables } from '../../src/config/environment.js';
import { CertificateAuthority } from '../support/certificates.js';
import { row } from '../support/docker-rows.js';
import { faultsOf } from '../support/settings-faults.js';
import { TemporaryFolder } from '../support/temporary-folder.js';
import { bootApp, KEY } from '../support/test-app.js';

let authority: CertificateAuthority;
let folder: TemporaryFolder;
beforeEach(() => {
  authority = new CertificateAuthority();
  folder = new TemporaryFolder();
  folder.mount(filesOf('service'));
});

/** What is mounted: a certificate, its key, and who signs those of clients. */
function filesOf(name: string): Record<string, string> {
  const { cert, key } = authority.issue(name);
  return { 'tls.crt': cert, 'tls.key': key, 'ca.crt': authority.cert };
}

/** Where a file is mounted. */
function pathOf(file: string): string {
  return `${folder.path}/${file}`;
}

const ALL = ['TLS_CERT_FILE', 'TLS_KEY_FILE', 'TLS_CLIENT_CA_FILE'] as const;
const SERVER = ['TLS_CERT_FILE', 'TLS_KEY_FILE'] as const;
const FILES = { TLS_CERT_FILE: 'tls.crt', TLS_KEY_FILE: 'tls.key', TLS_CLIENT_CA_FILE: 'ca.crt' };

/** The settings of TLS. */
function envOf(names: readonly (keyof typeof FILES)[]): Variables {
  return Object.fromEntries(names.map((name) => [name, pathOf(FILES[name])]));
}

/** Boots the service with TLS; gives its port. */
async function boot(names: readonly (keyof typeof FILES)[] = SERVER, env: Variables = {}): Promise<number> {
  const test = await bootApp({ ...envOf(names), ...env });
  onTestFinished(() => test.app.close());
  test.runner.stats = { stdout: row() };
  const { port, protocol } = new URL(await test.app.getUrl());
  expect(protocol).toBe('https:');
  return Number(port);
}

async function request(port: number, path: string, options: RequestOptions = {}): Promise<IncomingMessage> {
  const sent = get({
    port,
    host: '127.0.0.1',
    path,
    agent: false,
    ca: authority.cert,
    headers: { 'X-API-Key': KEY },
    ...options,
  });
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return response;
}

async function handshake(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', ca: authority.cert, ...options });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

describe('TLS', () => {
  it('serves', async () => {
    const response = await request(await boot(), '/stats');
    expect(response.statusCode).toBe(200);
    expect(await json(response)).toEqual([{ name: 'my-app', cpuUsage: 12.45, memoryUsage: 102.9 }]);
    expect(response.headers).not.toHaveProperty('strict-transport-security'); // it would hold for all ports of the host
  });

  it('speaks 1.2 and 1.3, and nothing older', async () => {
    const port = await boot();
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = await handshake(port, { minVersion: version, maxVersion: version });
      expect(socket.getProtocol()).toBe(version);
    }
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await expect(handshake(port, old)).rejects.toThrow(/alert protocol version/);
  });

  it.each(['GET /stats HTTP/1.1', 'POST /stats HTTP/1.1', 'CONNECT x:443 HTTP/1.1'])(
    'is asked for in a plain response to plain HTTP: %s',
    async (requestLine) => {
      const port = await boot();
      const socket = connectTcp(port, '127.0.0.1');
      socket.write(`${requestLine}\r\nHost: x\r\nX-API-Key: ${KEY}\r\n\r\n`);
      const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
      expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
      expect(JSON.parse(body)).toEqual({
        statusCode: 400,
        code: 'invalid_request',
        message: 'This port speaks TLS: use https://',
      });
      expect((await request(port, '/stats')).statusCode).toBe(200);
    },
  );

  it('survives who speaks neither TLS nor HTTP', async () => {
    const port = await boot();
    const socket = connectTcp(port, '127.0.0.1');
    socket.write('hello, hello, hello');
    expect(await text(socket).catch(() => '')).toBe('');
    expect((await request(port, '/stats')).statusCode).toBe(200);
  });

  it.each([
    ['sends nothing', ''],
    ['stops in the handshake', '\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03'],
  ])('cuts off in time who comes to no end of the handshake: %s', async (_how, start) => {
    const socket = connectTcp(await boot(SERVER, { REQUEST_TIMEOUT_MS: '300' }), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.write(start, 'latin1');
    const startedAt = performance.now();
    expect(await text(socket)).toBe('');
    expect(performance.now() - startedAt).toBeGreaterThan(250);
  });

  it('does not keep a stop waiting for who has not ended the handshake', async () => {
    const { app } = await bootApp(envOf(SERVER));
    const socket = connectTcp(Number(new URL(await app.getUrl()).port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    await once(app.getHttpServer(), 'connection');
    const startedAt = performance.now();
    await app.close();
    expect(performance.now() - startedAt).toBeLessThan(5000); // the handshake might take 10 s
  });

  it('takes up a new certificate without a restart, and keeps the old one while the new one is broken', async () => {
    const port = await boot();
    const nameNow = async (): Promise<unknown> => (await handshake(port)).getPeerCertificate().subject.CN;
    const before = await handshake(port);
    expect(await nameNow()).toBe('service');
    folder.mount({ ...filesOf('mismatched'), 'tls.key': authority.issue('x').key });
    await new Promise((resolve) => setTimeout(resolve, 3000)); // longer than it would take to be taken up
    expect(await nameNow()).toBe('service');
    folder.mount(filesOf('renewed'));
    await expect.poll(nameNow, { timeout: 8000, interval: 200 }).toBe('renewed');
    before.write('GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(await text(before)).toMatch(/^HTTP\/1\.1 200 /);
  });
});

/** The beginning of the answer to a request with a key. */
async function statusOf(port: number, options: ConnectionOptions): Promise<string> {
  const socket = await handshake(port, options);
  socket.write(`GET /stats HTTP/1.1\r\nHost: x\r\nX-API-Key: ${KEY}\r\nConnection: close\r\n\r\n`);
  return (await text(socket)).slice(0, 'HTTP/1.1 200'.length);
}

/** A session that can be resumed. */
async function sessionOf(port: number, options: ConnectionOptions): Promise<Buffer> {
  const socket = connect({ port, host: '127.0.0.1', ca: authority.cert, ...options });
  socket.resume();
  const [session] = (await once(socket, 'session')) as [Buffer];
  socket.destroy();
  return session;
}

const END_OF_CHUNKS = /\r\n0\r\n\r\n$/;

/** One connection for several requests with a key. */
class TlsConnection {
  /** What has come since the last request. */
  text = '';

  constructor(readonly socket: TLSSocket) {
    socket.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
  }

  /** Sends a request, and waits for the beginning of its response. */
  async statusOf(path: string): Promise<number> {
    this.text = '';
    this.socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nX-API-Key: ${KEY}\r\n\r\n`);
    await vi.waitUntil(() => this.text.includes('\r\n\r\n'), { timeout: 5000 });
    return Number(this.text.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length));
  }
}

/** When every certificate here has expired. */
function inThreeDays(): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3 * 86_400_000 });
  onTestFinished(() => void vi.useRealTimers());
}

describe('client certificates', () => {
  it('are needed beside the key, but for the health checks', async () => {
    const port = await boot(ALL);
    const known = authority.issue('client');
    expect((await request(port, '/stats', known)).statusCode).toBe(200);
    expect((await request(port, '/stats', { ...known, headers: {} })).statusCode).toBe(401);
    expect((await request(port, '/health/live')).statusCode).toBe(200);
    for (const options of [{}, new CertificateAuthority().issue('stranger')]) {
      const response = await request(port, '/stats', options);
      expect([response.statusCode, await json(response)]).toEqual([
        401,
        {
          statusCode: 401,
          code: 'unauthorized',
          message: 'A client certificate is needed, of an authority that this service knows',
        },
      ]);
    }
  });

  it('of an authority that is no longer known let in no more, also those of an earlier session', async () => {
    const port = await boot(ALL);
    const client = authority.issue('client');
    const session = await sessionOf(port, client);
    expect(await statusOf(port, { ...client, session })).toBe('HTTP/1.1 200');
    folder.mount({ ...filesOf('service'), 'ca.crt': new CertificateAuthority().cert });
    await expect.poll(() => statusOf(port, client), { timeout: 8000, interval: 200 }).toBe('HTTP/1.1 401');
    expect(await statusOf(port, { ...client, session })).toBe('HTTP/1.1 401');
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'are not made up for by an earlier session without one, nor with one of a stranger: %s',
    async (maxVersion) => {
      const port = await boot(ALL);
      for (const certificate of [{}, new CertificateAuthority().issue('stranger')]) {
        const session = await sessionOf(port, { ...certificate, maxVersion });
        expect(await statusOf(port, { ...certificate, maxVersion, session })).toBe('HTTP/1.1 401');
      }
    },
  );

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'of another authority with the same name let in to the health checks alone: %s',
    async (maxVersion) => {
      authority = new CertificateAuthority({ hasKeyIds: false });
      folder.mount(filesOf('service'));
      const port = await boot(ALL);
      const stranger = new CertificateAuthority({ hasKeyIds: false }).issue('client');
      const connection = new TlsConnection(await handshake(port, { ...stranger, maxVersion }));
      expect(await connection.statusOf('/health/live')).toBe(200);
      expect(await connection.statusOf('/stats')).toBe(401);
      expect(await connection.statusOf('/health/live')).toBe(200);
    },
  );

  it('let in no more once they have expired, also on an open connection', async () => {
    const connection = new TlsConnection(await handshake(await boot(ALL), authority.issue('client')));
    expect(await connection.statusOf('/stats')).toBe(200);
    inThreeDays();
    expect(await connection.statusOf('/stats')).toBe(401);
    expect(await connection.statusOf('/health/live')).toBe(200);
  });

  it('keep a stream open no longer than they are valid', async () => {
    const port = await boot(ALL, { STREAM_HEARTBEAT_MS: '100' });
    const connection = new TlsConnection(await handshake(port, authority.issue('client')));
    expect(await connection.statusOf('/stats/stream')).toBe(200);
    await expect.poll(() => connection.text).toContain('event: stats');
    expect(connection.text).not.toMatch(END_OF_CHUNKS);
    inThreeDays();
    await expect.poll(() => connection.text).toMatch(END_OF_CHUNKS);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'are asked for in each handshake, also after new files: no session is resumed: %s',
    async (maxVersion) => {
      const port = await boot(ALL);
      const client = { ...authority.issue('client'), maxVersion };
      const isResumed = async (): Promise<boolean> => {
        const session = await sessionOf(port, client);
        return (await handshake(port, { ...client, session })).isSessionReused();
      };
      expect(await isResumed()).toBe(false);
      folder.mount(filesOf('renewed'));
      const nameNow = async (): Promise<unknown> => (await handshake(port)).getPeerCertificate().subject.CN;
      await expect.poll(nameNow, { timeout: 8000, interval: 200 }).toBe('renewed');
      expect(await isResumed()).toBe(false);
    },
  );
});

it('a client certificate that is missing is the reason in the log line', async () => {
  const test = await bootApp(envOf(ALL));
  onTestFinished(() => test.app.close());
  await request(Number(new URL(await test.app.getUrl()).port), '/stats');
  await expect.poll(() => test.log.requests).toMatchObject([{ status: 401, reason: 'certificate' }]);
});

describe('the files of TLS', () => {
  it('are needed together', () => {
    expect(faultsOf({ TLS_CERT_FILE: pathOf('tls.crt') })).toEqual([
      'TLS_CERT_FILE and TLS_KEY_FILE must be set together',
    ]);
    expect(faultsOf({ TLS_KEY_FILE: pathOf('tls.key') })).toEqual([
      'TLS_CERT_FILE and TLS_KEY_FILE must be set together',
    ]);
    expect(faultsOf({ TLS_CLIENT_CA_FILE: pathOf('ca.crt') })).toEqual([
      'TLS_CLIENT_CA_FILE must be set with TLS_CERT_FILE and TLS_KEY_FILE only',
    ]);
  });

  it('are refused when they are no such files, or do not fit', () => {
    const [TLS_CERT_FILE, TLS_KEY_FILE] = [pathOf('tls.crt'), pathOf('tls.key')];
    const empty = folder.write('empty', 'secret text');
    const encrypted = pathOf('encrypted.key');
    execFileSync('openssl', ['ec', '-in', TLS_KEY_FILE, '-aes256', '-passout', 'pass:x', '-out', encrypted], {
      stdio: 'pipe',
    });
    const mismatched = folder.write('other.key', authority.issue('other').key);
    for (const [env, fault] of [
      [
        { TLS_CERT_FILE: pathOf('none'), TLS_KEY_FILE },
        /^TLS_CERT_FILE \(\/.*\/none\) cannot be read: ENOENT$/,
      ],
      [{ TLS_CERT_FILE: empty, TLS_KEY_FILE }, /^TLS_CERT_FILE cannot be used: \w+$/],
      [{ TLS_CERT_FILE, TLS_KEY_FILE: empty }, /^TLS_KEY_FILE cannot be used: \w+$/],
      [{ TLS_CERT_FILE, TLS_KEY_FILE: encrypted }, /^TLS_KEY_FILE cannot be used: \w+$/],
      [{ TLS_CERT_FILE, TLS_KEY_FILE: mismatched }, /^TLS_CERT_FILE and TLS_KEY_FILE cannot be used: \w+$/],
      [
        { TLS_CERT_FILE, TLS_KEY_FILE, TLS_CLIENT_CA_FILE: empty },
        /^TLS_CLIENT_CA_FILE cannot be used: \w+$/,
      ],
    ] as const) {
      expect(faultsOf(env)).toEqual([expect.stringMatching(fault)]);
    }
  });
});
