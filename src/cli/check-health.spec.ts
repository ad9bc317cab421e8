import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkHealth, HealthCheckError } from './check-health.js';

/** Starts a server for one test. Returns its port. */
async function serve(listener: RequestListener, host = '127.0.0.1'): Promise<string> {
  const server = createServer(listener);
  server.listen(0, host);
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return String((server.address() as AddressInfo).port);
}

/** Responds with 200 to the request that the health check must send, and with 404 to others. */
const respondLive: RequestListener = ({ method, url }, response) =>
  void response.writeHead(method === 'GET' && url === '/health/live' ? 200 : 404).end('{}');

describe('checkHealth', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['0.0.0.0', '127.0.0.1'],
    ['::', '127.0.0.1'],
    ['::1', '::1'],
    ['localhost', '127.0.0.1'],
    ['', '127.0.0.1'], // the default, 0.0.0.0
  ])('with HOST=%s asks %s', async (HOST, address) => {
    await expect(checkHealth({ HOST, PORT: await serve(respondLive, address) })).resolves.toBeUndefined();
  });

  it('fails when the status is not 200', async () => {
    const PORT = await serve((_request, response) => void response.writeHead(503).end());
    await expect(checkHealth({ PORT })).rejects.toThrow(
      new HealthCheckError(`GET http://127.0.0.1:${PORT}/health/live: status 503`),
    );
  });

  it.each<[string, RequestListener]>([
    ['sends nothing', () => undefined],
    ['sends headers and no body', (_request, response) => response.writeHead(200).flushHeaders()],
  ])('fails at the deadline when the service %s', async (_what, listener) => {
    const PORT = await serve(listener, '::1');
    await expect(checkHealth({ PORT, HOST: '::1' }, 100)).rejects.toThrow(
      new HealthCheckError(`GET http://[::1]:${PORT}/health/live: no response within 100 ms`),
    );
  });

  it('fails when the service closes the connection', async () => {
    const PORT = await serve(({ socket }) => socket.destroy());
    await expect(checkHealth({ PORT })).rejects.toThrow(
      new HealthCheckError(`GET http://127.0.0.1:${PORT}/health/live: socket hang up`),
    );
  });

  it.each(['127.0.0.1', 'localhost'])('fails when nothing listens on %s', async (HOST) => {
    await expect(checkHealth({ HOST, PORT: '1' })).rejects.toThrow(
      /^Health check failed: GET http:\/\/\S+:1\/health\/live: (connect )?ECONNREFUSED/,
    );
  });

  it.each([
    ['0', 'with PORT=0 the port of the service is not known. Set PORT to a fixed port'],
    ['65536', 'PORT must be a whole number from 1 to 65535'],
    ['8080x', 'PORT must be a whole number from 1 to 65535'],
  ])('fails with PORT=%s: %s', async (PORT, reason) => {
    await expect(checkHealth({ PORT })).rejects.toThrow(new HealthCheckError(reason));
  });
});
