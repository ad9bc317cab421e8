import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CertificateAuthority } from '../../support/files/certificates.js';
import { readResidentMb } from '../../support/processes/processes.js';
import { TemporaryFolder } from '../../support/files/temporary-folder.js';
import { OTHER_KEY, startAttackedService } from './attacked-service.js';

const CLIENTS = 1000;

/** Before the measurement, so that memory which all clients share is allocated. */
const WARM_UP_CLIENTS = 100;

/** The service accepts a little more than this. */
const LARGE_REQUEST = `GET /health/live HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(15_000)}\r\n\r\n`;

it('300 clients that read nothing and pipeline 50 large requests increase the memory by less than 150 MB', async () => {
  const service = startAttackedService({ containers: 3, env: { TRUST_PROXY: '127.0.0.1' } });
  const port = Number(new URL(await service.waitForUrl()).port);
  const sockets = closeAfterTest<Socket>();
  const before = readResidentMb(service.pid);
  for (let n = 0; n < 300; n++) {
    const socket = connect({ port, host: '127.0.0.1' }); // no data listener: nothing is read
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(`GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n${LARGE_REQUEST.repeat(50)}`);
    sockets.push(socket);
  }
  await expectResponses(sockets);
  const growthMb = readResidentMb(service.pid) - before;
  console.log(`pipelined requests: resident memory grew by ${Math.round(growthMb)} MB`);
  expect(growthMb).toBeLessThan(150);
});

describe(`${CLIENTS} TLS clients that read nothing`, () => {
  it.each([
    ['/docs/swagger-ui-bundle.js', 100, ''],
    ['/stats?view=full', 100, OTHER_KEY],
    ['/metrics', 100, OTHER_KEY],
    ['/stats/stream?view=full', 150, OTHER_KEY],
  ])('request %s and increase the memory by less than %i MB', async (path, limitMb, key) => {
    const certificate = new CertificateAuthority().issue('service');
    const folder = new TemporaryFolder();
    const service = startAttackedService({
      containers: 10_000,
      env: {
        TLS_CERT_FILE: folder.write('tls.crt', certificate.cert),
        TLS_KEY_FILE: folder.write('tls.key', certificate.key),
        TRUST_PROXY: '127.0.0.1', // removes the limit of connections for this address
        STATS_INTERVAL_MS: '3600000', // one sample for the whole test
        STATS_MAX_AGE_MS: '3600000',
      },
    });
    const port = Number(new URL(await service.waitForUrl()).port);

    const sockets = closeAfterTest<TLSSocket>();
    const addClients = async (count: number): Promise<void> => {
      for (let n = 0; n < count; n++) {
        const socket = await connectWithoutReading(port);
        sockets.push(socket);
        socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\n\r\n`);
      }
      await expectResponses(sockets);
    };

    await addClients(WARM_UP_CLIENTS);
    const before = readResidentMb(service.pid);
    await addClients(CLIENTS);
    const growthMb = readResidentMb(service.pid) - before;
    console.log(`${path}: resident memory grew by ${Math.round(growthMb)} MB`);
    expect(growthMb).toBeLessThan(limitMb);
  });
});

/** Returns an empty list of sockets. Those that are added to it are closed after the test. */
function closeAfterTest<Connection extends Socket>(): Connection[] {
  const sockets: Connection[] = [];
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
  return sockets;
}

async function connectWithoutReading(port: number): Promise<TLSSocket> {
  const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  return socket.pause();
}

/** Waits until every client has received, but not read, the beginning of its response. */
async function expectResponses(sockets: readonly Socket[]): Promise<void> {
  const haveData = (): boolean => sockets.every((socket) => socket.readableLength > 0);
  await expect.poll(haveData, { timeout: 20_000 }).toBe(true);
}
