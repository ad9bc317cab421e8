import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CertificateAuthority } from '../../support/certificates.js';
import { residentMb } from '../../support/processes.js';
import { TemporaryFolder } from '../../support/temporary-folder.js';
import { startAttacked, VICTIM } from './attacked-service.js';

/** Clients that ask over TLS, and read nothing. */
const CLIENTS = 1000;

/** Connects, without reading anything of what comes. */
async function connected(port: number): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  return socket.pause();
}

/** The largest head that the service takes, nearly. */
const LARGE_HEAD = `GET /health/live HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(15_000)}\r\n\r\n`;

it('300 clients that read nothing and send 50 large requests ahead make the memory grow by less than 150 MB', async () => {
  const service = startAttacked({ containers: 3, env: { TRUST_PROXY: '127.0.0.1' } });
  const port = Number(new URL(await service.url()).port);
  const sockets: Socket[] = [];
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
  const before = residentMb(service.pid);
  for (let n = 0; n < 300; n++) {
    const socket = connectPlain({ port, host: '127.0.0.1' }); // nobody listens to its data
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(`GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n${LARGE_HEAD.repeat(50)}`);
    sockets.push(socket);
  }
  await expect
    .poll(() => sockets.every((socket) => socket.readableLength > 0), { timeout: 20_000 })
    .toBe(true);
  const grownMb = residentMb(service.pid) - before;
  console.log(`requests sent ahead: resident memory grew by ${Math.round(grownMb)} MB`);
  expect(grownMb).toBeLessThan(150);
});

describe(`${CLIENTS} TLS clients that read nothing`, () => {
  it.each([
    ['/docs/swagger-ui-bundle.js', 100, ''],
    ['/stats?view=full', 100, VICTIM],
    ['/metrics', 100, VICTIM],
    ['/stats/stream?view=full', 150, VICTIM],
  ])('of %s make the memory of the service grow by less than %i MB', async (path, limitMb, key) => {
    const certificate = new CertificateAuthority().issue('service');
    const folder = new TemporaryFolder();
    const service = startAttacked({
      containers: 10_000,
      env: {
        TLS_CERT_FILE: folder.write('tls.crt', certificate.cert),
        TLS_KEY_FILE: folder.write('tls.key', certificate.key),
        TRUST_PROXY: '127.0.0.1', // so that one address may have them all
        STATS_INTERVAL_MS: '3600000', // one sample
        STATS_MAX_AGE_MS: '3600000',
      },
    });
    const port = Number(new URL(await service.url()).port);
    const ask = (socket: TLSSocket): boolean =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\n\r\n`);

    const sockets: TLSSocket[] = [];
    onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
    const areAnswered = (): boolean => sockets.every((socket) => socket.readableLength > 0);
    const askBy = async (clients: number): Promise<void> => {
      for (let n = 0; n < clients; n++) {
        const socket = await connected(port);
        sockets.push(socket);
        ask(socket);
      }
      await expect.poll(areAnswered, { timeout: 20_000 }).toBe(true);
    };

    await askBy(100); // what all share is there
    const before = residentMb(service.pid);
    await askBy(CLIENTS);
    const grownMb = residentMb(service.pid) - before;
    console.log(`${path}: resident memory grew by ${Math.round(grownMb)} MB`);
    expect(grownMb).toBeLessThan(limitMb);
  });
});
