import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { get, type RequestOptions } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { json, text } from 'node:stream/consumers';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Variables } from '../../../src/config/environment.js';
import { CertificateAuthority } from '../../support/files/certificates.js';
import { row } from '../../support/docker/docker-rows.js';
import { findInvalidSettings } from '../../support/service/invalid-settings.js';
import { TemporaryFolder } from '../../support/files/temporary-folder.js';
import { bootApp, KEY } from '../../support/service/test-app.js';

let authority: CertificateAuthority;
let folder: TemporaryFolder;
beforeEach(() => {
  authority = new CertificateAuthority();
  folder = new TemporaryFolder();
  folder.mount(createFiles('service'));
});

/** Creates the content of the mounted files: a certificate, its key, and the CA bundle for client certificates. */
function createFiles(name: string): Record<string, string> {
  const { cert, key } = authority.issue(name);
  return { 'tls.crt': cert, 'tls.key': key, 'ca.crt': authority.cert };
}

function getPath(file: string): string {
  return `${folder.path}/${file}`;
}

const ALL = ['TLS_CERT_FILE', 'TLS_KEY_FILE', 'TLS_CLIENT_CA_FILE'] as const;
const SERVER = ['TLS_CERT_FILE', 'TLS_KEY_FILE'] as const;
const FILES = { TLS_CERT_FILE: 'tls.crt', TLS_KEY_FILE: 'tls.key', TLS_CLIENT_CA_FILE: 'ca.crt' };

/** The TLS settings of these names, with the paths of the mounted files. */
function createEnv(names: readonly (keyof typeof FILES)[]): Variables {
  return Object.fromEntries(names.map((name) => [name, getPath(FILES[name])]));
}

/** Boots the service with TLS and returns its port. */
async function boot(names: readonly (keyof typeof FILES)[] = SERVER, env: Variables = {}): Promise<number> {
  const test = await bootApp({ ...createEnv(names), ...env });
  onTestFinished(() => test.app.close());
  test.runner.stats = { stdout: row() };
  const { port, protocol } = new URL(await test.app.getUrl());
  expect(protocol).toBe('https:');
  return Number(port);
}

async function sendRequest(
  port: number,
  path: string,
  options: RequestOptions = {},
): Promise<IncomingMessage> {
  const request = get({
    port,
    host: '127.0.0.1',
    path,
    agent: false,
    ca: authority.cert,
    headers: { 'X-API-Key': KEY },
    ...options,
  });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

async function connectTls(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', ca: authority.cert, ...options });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

/** Makes a handshake and returns the name in the certificate of the service. */
async function getServerName(port: number): Promise<unknown> {
  return (await connectTls(port)).getPeerCertificate().subject.CN;
}

/** How to poll for the effect of new files. */
const RELOAD = { timeout: 8000, interval: 200 };

describe('TLS', () => {
  it('serves GET /stats', async () => {
    const response = await sendRequest(await boot(), '/stats');
    expect(response.statusCode).toBe(200);
    expect(await json(response)).toEqual([{ name: 'my-app', cpuUsage: 12.45, memoryUsage: 102.9 }]);
    expect(response.headers).not.toHaveProperty('strict-transport-security'); // it would apply to all ports of the host
  });

  it('accepts TLS 1.2 and 1.3, and no older version', async () => {
    const port = await boot();
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = await connectTls(port, { minVersion: version, maxVersion: version });
      expect(socket.getProtocol()).toBe(version);
    }
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await expect(connectTls(port, old)).rejects.toThrow(/alert protocol version/);
  });

  it.each(['GET /stats HTTP/1.1', 'POST /stats HTTP/1.1', 'CONNECT x:443 HTTP/1.1'])(
    'responds to plain HTTP with an unencrypted 400 that says to use https://: %s',
    async (requestLine) => {
      const port = await boot();
      const socket = connectTcp(port, '127.0.0.1');
      socket.write(`${requestLine}\r\nHost: x\r\nX-API-Key: ${KEY}\r\n\r\n`);
      const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
      expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
      expect(JSON.parse(body)).toEqual({
        statusCode: 400,
        code: 'invalid_request',
        message: 'This port requires TLS: use https://',
      });
      expect((await sendRequest(port, '/stats')).statusCode).toBe(200);
    },
  );

  it('closes a connection that sends neither TLS nor HTTP, and keeps serving others', async () => {
    const port = await boot();
    const socket = connectTcp(port, '127.0.0.1');
    socket.write('hello, hello, hello');
    expect(await text(socket).catch(() => '')).toBe('');
    expect((await sendRequest(port, '/stats')).statusCode).toBe(200);
  });

  it.each([
    ['sends nothing', ''],
    ['stops in the handshake', '\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03'],
  ])(
    'closes a connection that does not complete the handshake within REQUEST_TIMEOUT_MS: %s',
    async (_how, start) => {
      const socket = connectTcp(await boot(SERVER, { REQUEST_TIMEOUT_MS: '300' }), '127.0.0.1');
      onTestFinished(() => void socket.destroy());
      socket.write(start, 'latin1');
      const startedAt = performance.now();
      expect(await text(socket)).toBe('');
      expect(performance.now() - startedAt).toBeGreaterThan(250);
    },
  );

  it('does not wait for incomplete handshakes at shutdown', async () => {
    const { app } = await bootApp(createEnv(SERVER));
    const socket = connectTcp(Number(new URL(await app.getUrl()).port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    await once(app.getHttpServer(), 'connection');
    const startedAt = performance.now();
    await app.close();
    expect(performance.now() - startedAt).toBeLessThan(5000); // the timeout of the handshake is 10 s
  });

  it('reloads a new certificate without a restart, and keeps the old one if the new one is invalid', async () => {
    const port = await boot();
    const openConnection = await connectTls(port);
    expect(await getServerName(port)).toBe('service');
    folder.mount({ ...createFiles('mismatched'), 'tls.key': authority.issue('x').key });
    await new Promise((resolve) => setTimeout(resolve, 3000)); // longer than a reload takes
    expect(await getServerName(port)).toBe('service');
    folder.mount(createFiles('renewed'));
    await expect.poll(() => getServerName(port), RELOAD).toBe('renewed');
    openConnection.write('GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(await text(openConnection)).toMatch(/^HTTP\/1\.1 200 /);
  });
});

/** Sends a request with an API key on a new connection and returns the status. */
async function getStatus(port: number, options: ConnectionOptions): Promise<number> {
  const socket = await connectTls(port, options);
  socket.write(`GET /stats HTTP/1.1\r\nHost: x\r\nX-API-Key: ${KEY}\r\nConnection: close\r\n\r\n`);
  return Number((await text(socket)).slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length));
}

/** Makes a handshake and returns its session, for an attempt to resume it. */
async function getSession(port: number, options: ConnectionOptions): Promise<Buffer> {
  const socket = connect({ port, host: '127.0.0.1', ca: authority.cert, ...options });
  socket.resume();
  const [session] = (await once(socket, 'session')) as [Buffer];
  socket.destroy();
  return session;
}

const END_OF_CHUNKS = /\r\n0\r\n\r\n$/;

/** A connection for several requests with an API key. */
class TlsConnection {
  /** The text received since the last request. */
  text = '';

  constructor(readonly socket: TLSSocket) {
    socket.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
  }

  /** Sends a request, waits for the headers of its response, and returns the status. */
  async getStatus(path: string): Promise<number> {
    this.text = '';
    this.socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nX-API-Key: ${KEY}\r\n\r\n`);
    await vi.waitUntil(() => this.text.includes('\r\n\r\n'), { timeout: 5000 });
    return Number(this.text.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length));
  }
}

/** Sets the date to three days from now, when all test certificates have expired. */
function expireCertificates(): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3 * 86_400_000 });
}

describe('client certificates', () => {
  it('are required in addition to the API key, except for the health checks', async () => {
    const port = await boot(ALL);
    const trusted = authority.issue('client');
    expect((await sendRequest(port, '/stats', trusted)).statusCode).toBe(200);
    expect((await sendRequest(port, '/stats', { ...trusted, headers: {} })).statusCode).toBe(401);
    expect((await sendRequest(port, '/health/live')).statusCode).toBe(200);
    for (const options of [{}, new CertificateAuthority().issue('untrusted')]) {
      const response = await sendRequest(port, '/stats', options);
      expect([response.statusCode, await json(response)]).toEqual([
        401,
        {
          statusCode: 401,
          code: 'unauthorized',
          message:
            'A valid client certificate is required: present one that was issued by a CA this service trusts',
        },
      ]);
    }
  });

  it('of a CA that was removed from the CA bundle are refused, even with an earlier TLS session', async () => {
    const port = await boot(ALL);
    const client = authority.issue('client');
    const session = await getSession(port, client);
    expect(await getStatus(port, { ...client, session })).toBe(200);
    folder.mount({ ...createFiles('service'), 'ca.crt': new CertificateAuthority().cert });
    await expect.poll(() => getStatus(port, client), RELOAD).toBe(401);
    expect(await getStatus(port, { ...client, session })).toBe(401);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'cannot be replaced by an earlier TLS session without a trusted certificate: %s',
    async (maxVersion) => {
      const port = await boot(ALL);
      for (const certificate of [{}, new CertificateAuthority().issue('untrusted')]) {
        const session = await getSession(port, { ...certificate, maxVersion });
        expect(await getStatus(port, { ...certificate, maxVersion, session })).toBe(401);
      }
    },
  );

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'of another CA with the same name are accepted for the health checks only: %s',
    async (maxVersion) => {
      authority = new CertificateAuthority({ hasKeyIds: false });
      folder.mount(createFiles('service'));
      const port = await boot(ALL);
      const untrusted = new CertificateAuthority({ hasKeyIds: false }).issue('client');
      const connection = new TlsConnection(await connectTls(port, { ...untrusted, maxVersion }));
      expect(await connection.getStatus('/health/live')).toBe(200);
      expect(await connection.getStatus('/stats')).toBe(401);
      expect(await connection.getStatus('/health/live')).toBe(200);
    },
  );

  it('are refused after they expire, even on an open connection', async () => {
    const connection = new TlsConnection(await connectTls(await boot(ALL), authority.issue('client')));
    expect(await connection.getStatus('/stats')).toBe(200);
    expireCertificates();
    expect(await connection.getStatus('/stats')).toBe(401);
    expect(await connection.getStatus('/health/live')).toBe(200);
  });

  it('end their streams when they expire', async () => {
    const port = await boot(ALL, { STREAM_HEARTBEAT_MS: '100' });
    const connection = new TlsConnection(await connectTls(port, authority.issue('client')));
    expect(await connection.getStatus('/stats/stream')).toBe(200);
    await expect.poll(() => connection.text).toContain('event: stats');
    expect(connection.text).not.toMatch(END_OF_CHUNKS);
    expireCertificates();
    await expect.poll(() => connection.text).toMatch(END_OF_CHUNKS);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'are requested in every handshake, since no TLS session is resumed, even after a reload: %s',
    async (maxVersion) => {
      const port = await boot(ALL);
      const client = { ...authority.issue('client'), maxVersion };
      const isResumed = async (): Promise<boolean> => {
        const session = await getSession(port, client);
        return (await connectTls(port, { ...client, session })).isSessionReused();
      };
      expect(await isResumed()).toBe(false);
      folder.mount(createFiles('renewed'));
      await expect.poll(() => getServerName(port), RELOAD).toBe('renewed');
      expect(await isResumed()).toBe(false);
    },
  );
});

it('a missing client certificate is the reason in the log line of the request', async () => {
  const test = await bootApp(createEnv(ALL));
  onTestFinished(() => test.app.close());
  await sendRequest(Number(new URL(await test.app.getUrl()).port), '/stats');
  await expect.poll(() => test.log.requests).toMatchObject([{ status: 401, reason: 'certificate' }]);
});

describe('the TLS files', () => {
  it('must be set together', () => {
    expect(findInvalidSettings({ TLS_CERT_FILE: getPath('tls.crt') })).toEqual([
      'TLS_CERT_FILE and TLS_KEY_FILE must be set together',
    ]);
    expect(findInvalidSettings({ TLS_KEY_FILE: getPath('tls.key') })).toEqual([
      'TLS_CERT_FILE and TLS_KEY_FILE must be set together',
    ]);
    expect(findInvalidSettings({ TLS_CLIENT_CA_FILE: getPath('ca.crt') })).toEqual([
      'TLS_CLIENT_CA_FILE requires TLS_CERT_FILE and TLS_KEY_FILE',
    ]);
  });

  it('are refused when they are missing or invalid, or when the key does not match', () => {
    const [TLS_CERT_FILE, TLS_KEY_FILE] = [getPath('tls.crt'), getPath('tls.key')];
    const empty = folder.write('empty', 'secret text');
    const encrypted = getPath('encrypted.key');
    execFileSync('openssl', ['ec', '-in', TLS_KEY_FILE, '-aes256', '-passout', 'pass:x', '-out', encrypted], {
      stdio: 'pipe',
    });
    const mismatched = folder.write('other.key', authority.issue('other').key);
    const noKey = /^TLS_KEY_FILE must contain a PEM private key without a passphrase \(\w+\)$/;
    for (const [env, message] of [
      [
        { TLS_CERT_FILE: getPath('none'), TLS_KEY_FILE },
        /^TLS_CERT_FILE \(\/.*\/none\) cannot be read: ENOENT$/,
      ],
      [{ TLS_CERT_FILE: empty, TLS_KEY_FILE }, /^TLS_CERT_FILE must contain a PEM certificate \(\w+\)$/],
      [{ TLS_CERT_FILE, TLS_KEY_FILE: empty }, noKey],
      [{ TLS_CERT_FILE, TLS_KEY_FILE: encrypted }, noKey],
      [
        { TLS_CERT_FILE, TLS_KEY_FILE: mismatched },
        /^TLS_CERT_FILE and TLS_KEY_FILE cannot be used together \(\w+\)$/,
      ],
      [
        { TLS_CERT_FILE, TLS_KEY_FILE, TLS_CLIENT_CA_FILE: empty },
        /^TLS_CLIENT_CA_FILE must contain a PEM certificate \(\w+\)$/,
      ],
    ] as const) {
      expect(findInvalidSettings(env)).toEqual([expect.stringMatching(message)]);
    }
  });
});
