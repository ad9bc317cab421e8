import { describe, expect, it, vi } from 'vitest';
import {
  type RequestHandler,
  sendError,
  sendJson,
  closeConnection,
  ScriptedServer,
  sendNothing,
  sendStream,
} from '../../test/support/http/scripted-server.js';
import { BASIC, createClient, startServer } from '../../test/support/http/scripted-client.js';
import { StatsClientError } from './stats-client.error.js';

/** Closes the connection in the middle of the body. */
function sendHalf(response: Parameters<RequestHandler>[0]): void {
  response.writeHead(200, { 'Content-Length': 100 }).write('[{"name"');
  setImmediate(() => response.destroy());
}

/** The `retryAfterMs` of the error for a response with this `Retry-After`. */
async function parseRetryAfter(value: string): Promise<unknown> {
  const { client } = await startServer(sendError(500, 'internal', { 'Retry-After': value }));
  const error: unknown = await client.stats().catch((thrown: unknown) => thrown);
  return (error as StatsClientError).retryAfterMs;
}

describe('StatsClientError', () => {
  it('has the code, message, status, Retry-After and request id of the response', async () => {
    const { client } = await startServer(
      sendError(429, 'rate_limited', { 'Retry-After': 50, 'X-Request-Id': 'request-1' }),
    );
    await expect(client.stats()).rejects.toMatchObject({
      name: 'StatsClientError',
      code: 'rate_limited',
      status: 429,
      message: 'The rate_limited message',
      retryAfterMs: 50_000,
      requestId: 'request-1',
    });
  });

  it('accepts a date in Retry-After', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 1) });
    expect(await parseRetryAfter('Thu, 01 Jan 2026 00:01:00 GMT')).toBe(60_000);
    expect(await parseRetryAfter('Thu, 01 Jan 2025 00:01:00 GMT')).toBe(0);
  });

  it('accepts seconds in Retry-After, also with spaces around them', async () => {
    expect(await parseRetryAfter('7 ')).toBe(7000);
  });

  it.each(['soon', '', '1.5', '-5', '5, 10', '1e3'])('ignores an invalid Retry-After: %j', async (value) => {
    expect(await parseRetryAfter(value)).toBeUndefined();
  });

  it('has the system error of a failed connection, such as ECONNREFUSED', async () => {
    const server = await ScriptedServer.start();
    const client = createClient(server, { maxRetries: 0 });
    server.stop();
    await expect(client.stats()).rejects.toMatchObject({
      code: 'network',
      message: 'Connection to the service failed or was lost: ECONNREFUSED',
      status: undefined,
      cause: expect.any(TypeError) as TypeError,
    });
  });
});

describe('StatsClient retries', () => {
  it('retries a connection that is lost before or during the response', async () => {
    const { server, client } = await startServer(closeConnection, sendHalf, sendJson(BASIC));
    expect(await client.stats()).toEqual(BASIC);
    expect(server.requests).toHaveLength(3);
  });

  it('retries maxRetries times, by default twice', async () => {
    const { server, client } = await startServer(closeConnection);
    await expect(client.stats()).rejects.toMatchObject({ code: 'network' });
    expect(server.requests).toHaveLength(3);
    await expect(createClient(server, { maxRetries: 0 }).stats()).rejects.toThrow(StatsClientError);
    expect(server.requests).toHaveLength(4);
  });

  it.each([
    ['a Retry-After beyond the deadline', sendError(503, 'unavailable', { 'Retry-After': 20 })],
    ['a 503 without Retry-After', sendError(503, 'unavailable')],
    ['a failure of docker', sendError(500, 'docker_unreachable')],
    ['a failure of the service', sendError(500, 'internal', { 'Retry-After': 0 })],
    ['a request for a cached sample, if there is none', sendError(504, 'not_cached', { 'Retry-After': 0 })],
    ['an unknown API key', sendError(401, 'unauthorized')],
  ])('does not retry %s', async (_name, response) => {
    const { server, client } = await startServer(response);
    await expect(client.stats()).rejects.toThrow(StatsClientError);
    expect(server.requests).toHaveLength(1);
  });
});

describe('StatsClient timeouts and signals', () => {
  it.each([
    ['no response', sendNothing],
    ['an incomplete response', sendStream('[')],
  ])('times out after timeoutMs with %s', async (_name, response) => {
    const { server, client } = await startServer(response);
    await expect(client.stats({ timeoutMs: 100 })).rejects.toMatchObject({ code: 'timeout' });
    expect(server.requests).toHaveLength(1);
    await expect.poll(() => server.openResponses).toBe(0);
  });

  it('aborts the call with its signal, and keeps the reason of the signal as the cause', async () => {
    const { server, client } = await startServer(sendNothing);
    const controller = new AbortController();
    const call = client.container('web-1', { signal: controller.signal }).catch((thrown: unknown) => thrown);
    await expect.poll(() => server.requests).toHaveLength(1);
    controller.abort('enough');
    expect(await call).toMatchObject({ code: 'aborted', cause: 'enough' });
    await expect.poll(() => server.openResponses).toBe(0);
    await expect(client.ready({ signal: controller.signal })).rejects.toMatchObject({ code: 'aborted' });
    expect(server.requests).toHaveLength(1);
  });

  it('aborts the call with its signal while it waits for a retry', async () => {
    const { server, client } = await startServer(sendError(503, 'unavailable', { 'Retry-After': 10 }));
    const controller = new AbortController();
    const call = client.stats({ signal: controller.signal }).catch((thrown: unknown) => thrown);
    await expect.poll(() => server.requests).toHaveLength(1);
    controller.abort();
    expect(await call).toMatchObject({ code: 'aborted' });
  });

  it('removes its listener from the signal after the call', async () => {
    const { client } = await startServer(sendJson(BASIC));
    const controller = new AbortController();
    await client.stats({ signal: controller.signal });
    const aborted = vi.spyOn(AbortController.prototype, 'abort');
    controller.abort();
    expect(aborted).toHaveBeenCalledTimes(1); // only the call above
  });

  it('reuses its connection, and shares one signal among many calls without a warning of Node.js', async () => {
    const { server, client } = await startServer(sendJson(BASIC));
    const { signal } = new AbortController();
    const emitWarning = vi.spyOn(process, 'emitWarning');
    for (let n = 0; n < 20; n++) await client.stats({ signal });
    expect(server.connections).toBeLessThan(3); // fetch may start the next call before the connection is free
    await Promise.all(Array.from({ length: 20 }, () => client.stats({ signal })));
    expect(emitWarning).not.toHaveBeenCalled();
  });
});
