import { describe, expect, it, vi } from 'vitest';
import {
  type RequestHandler,
  sendError,
  sendJson,
  closeConnection,
  ScriptedServer,
  sendNothing,
  formatStatsEvent,
  sendStream,
} from '../../../test/support/http/scripted-server.js';
import { StatsClient } from '../stats-client.js';
import type { StatsClientError } from '../stats-client.error.js';
import type { WatchOptions } from '../stats-client-options.js';
import type { StatsWatch } from './stats-watch.js';
import type { BasicContainerStats } from '../wire-types.js';

const DOCKER_DOWN = '{"statusCode":500,"code":"docker_unreachable","message":"Error: no daemon"}';

/** Starts a server with these responses, and creates a watch of it. `errors` are those that `onError` received. */
async function createWatch(
  options: WatchOptions,
  ...responses: RequestHandler[]
): Promise<{
  server: ScriptedServer;
  watch: StatsWatch<BasicContainerStats[]>;
  errors: StatsClientError[];
}> {
  const server = await ScriptedServer.start(...responses);
  const errors: StatsClientError[] = [];
  const client = new StatsClient({ baseUrl: server.url, apiKey: 'client-key-0123456789' });
  const watch = client.watch({ onError: (error) => errors.push(error), ...options });
  return { server, watch, errors };
}

function raise(error: StatsClientError): never {
  throw error;
}

/** Reads this many samples and returns the name of the first container of each. */
async function readNames(watch: StatsWatch<BasicContainerStats[]>, count: number): Promise<string[]> {
  const names: string[] = [];
  for await (const [container] of watch) {
    names.push(container?.name ?? 'none');
    if (names.length === count) break;
  }
  return names;
}

describe('StatsWatch', () => {
  it('iterates over the samples, and closes the connection at a break', async () => {
    const { server, watch, errors } = await createWatch({ name: 'web-*' }, (response, request) => {
      sendStream(formatStatsEvent('one'))(response, request);
      setTimeout(
        () => response.write(`: still here\n\nevent: other\ndata: 1\n\n${formatStatsEvent('two')}`),
        20,
      );
    });
    expect(await readNames(watch, 2)).toEqual(['one', 'two']);
    await expect.poll(() => server.openResponses).toBe(0);
    expect(server.requests).toMatchObject([
      {
        url: '/stats/stream?name=web-*',
        headers: { accept: 'text/event-stream', 'x-api-key': 'client-key-0123456789' },
      },
    ]);
    expect(errors).toEqual([]);
    expect(await watch.next()).toEqual({ done: true, value: undefined });
  });

  it('sends no request when return() is called before the first next()', async () => {
    const { server, watch } = await createWatch({}, sendStream(formatStatsEvent('one')));
    await watch.return();
    expect(await watch.next()).toEqual({ done: true, value: undefined });
    expect(server.requests).toEqual([]);
  });

  it('ends a waiting next() when the signal is aborted', async () => {
    const controller = new AbortController();
    const { server, watch, errors } = await createWatch(
      { signal: controller.signal },
      sendStream(formatStatsEvent('one')),
    );
    await watch.next();
    const next = watch.next();
    controller.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    await expect.poll(() => server.openResponses).toBe(0);
    expect(errors).toEqual([]);
  });

  it('sends no request when the signal is already aborted', async () => {
    const { server, watch } = await createWatch(
      { signal: AbortSignal.abort() },
      sendStream(formatStatsEvent('one')),
    );
    expect(await readNames(watch, 1)).toEqual([]);
    expect(server.requests).toEqual([]);
  });

  it('ends a waiting next() at return()', async () => {
    const { server, watch } = await createWatch({}, sendNothing);
    const next = watch.next();
    await expect.poll(() => server.requests).toHaveLength(1);
    await watch.return();
    expect(await next).toEqual({ done: true, value: undefined });
    await expect.poll(() => server.openResponses).toBe(0);
  });

  it('gives a slow loop only the newest sample', async () => {
    const { watch, errors } = await createWatch(
      {},
      sendStream(['1', '2', '3'].map(formatStatsEvent).join('') + `event: error\ndata: ${DOCKER_DOWN}\n\n`),
    );
    const first = watch.next();
    await expect.poll(() => errors).toHaveLength(1); // the last event has arrived
    expect((await first).value).toMatchObject([{ name: '1' }]);
    expect((await watch.next()).value).toMatchObject([{ name: '3' }]);
    await watch.return();
  });

  it('reports failed samples to onError and continues', async () => {
    const { server, watch, errors } = await createWatch(
      {},
      sendStream(`event: error\ndata: ${DOCKER_DOWN}\n\n${formatStatsEvent('one')}`),
    );
    expect(await readNames(watch, 1)).toEqual(['one']);
    expect(errors).toMatchObject([{ code: 'docker_unreachable', status: 500, message: 'Error: no daemon' }]);
    expect(server.requests).toHaveLength(1);
  });

  it('reconnects without an onError function', async () => {
    const server = await ScriptedServer.start(
      closeConnection,
      (response, request) => {
        sendStream('retry: 1\n\n')(response, request);
        response.end();
      },
      sendStream(formatStatsEvent('one')),
    );
    const client = new StatsClient({ baseUrl: server.url, apiKey: 'key' });
    expect(await readNames(client.watch(), 1)).toEqual(['one']);
    expect(server.requests).toHaveLength(3);
  });

  it('reconnects after silenceMs without a byte; heartbeats count as bytes', async () => {
    const { server, watch, errors } = await createWatch(
      { silenceMs: 300 },
      (response, request) => {
        sendStream(`retry: 1\n\n${formatStatsEvent('one')}`)(response, request);
        const beats = setInterval(() => response.write(': still here\n\n'), 50);
        setTimeout(() => clearInterval(beats), 600);
      },
      sendStream(formatStatsEvent('two')),
    );
    const began = performance.now();
    expect(await readNames(watch, 2)).toEqual(['one', 'two']);
    expect(performance.now() - began).toBeGreaterThan(800);
    expect(errors).toMatchObject([{ code: 'timeout' }]);
    await expect.poll(() => server.openResponses).toBe(0);
  });

  it.each([
    ['an unknown API key', 'unauthorized', sendError(401, 'unauthorized')],
    ['an invalid request', 'invalid_request', sendError(400, 'invalid_request')],
    ['an unknown route', 'invalid_response', sendJson({}, 404)],
    ['a response without a stream', 'invalid_response', sendJson([])],
    ['another view', 'invalid_response', sendStream('event: stats\ndata: {}\n\n')],
    ['an event without JSON', 'invalid_response', sendStream('event: stats\ndata: x\n\n')],
    ['an event without an end', 'invalid_response', sendStream(`data: ${'x'.repeat(67_108_864)}`)],
    ['an error event of another form', 'invalid_response', sendStream('event: error\ndata: {}\n\n')],
  ] as [string, string, RequestHandler][])(
    'fails without reconnecting after %s',
    async (_name, code, response) => {
      const { server, watch, errors } = await createWatch({}, response);
      await expect(watch.next()).rejects.toMatchObject({ code });
      expect(await watch.next()).toEqual({ done: true, value: undefined });
      expect(server.requests).toHaveLength(1);
      expect(errors).toEqual([]);
      await expect.poll(() => server.openResponses).toBe(0);
    },
  );

  it.each([
    ['a break', sendStream(formatStatsEvent('one'))],
    ['a failure', sendError(401, 'unauthorized')],
  ] as [string, RequestHandler][])(
    'removes its listener from the signal after %s',
    async (_name, response) => {
      const controller = new AbortController();
      const { watch } = await createWatch({ signal: controller.signal }, response);
      await readNames(watch, 1).catch(() => undefined);
      const aborted = vi.spyOn(AbortController.prototype, 'abort');
      controller.abort();
      expect(aborted).toHaveBeenCalledTimes(1); // only the call above
    },
  );

  it('does not call onError again after onError aborted the signal', async () => {
    const controller = new AbortController();
    const errors: StatsClientError[] = [];
    const onError = (error: StatsClientError): void => {
      errors.push(error);
      controller.abort();
    };
    const { watch } = await createWatch(
      { signal: controller.signal, onError },
      sendStream(`event: error\ndata: ${DOCKER_DOWN}\n\n`.repeat(2)),
    );
    expect(await watch.next()).toEqual({ done: true, value: undefined });
    expect(errors).toHaveLength(1);
  });

  it('accepts a Content-Type with capital letters', async () => {
    const { watch } = await createWatch({}, (response) => {
      response.writeHead(200, { 'Content-Type': 'Text/Event-Stream' }).write(formatStatsEvent('one'));
    });
    expect(await readNames(watch, 1)).toEqual(['one']);
  });

  it.each([
    ['an error event', sendStream(`event: error\ndata: ${DOCKER_DOWN}\n\n${formatStatsEvent('one')}`)],
    ['a lost connection', closeConnection],
  ] as [string, RequestHandler][])(
    'fails with the error that onError throws at %s',
    async (_name, response) => {
      const { server, watch } = await createWatch({ onError: raise }, response);
      await expect(watch.next()).rejects.toMatchObject({ name: 'StatsClientError' });
      expect(await watch.next()).toEqual({ done: true, value: undefined });
      await expect.poll(() => server.openResponses).toBe(0);
      expect(server.requests).toHaveLength(1);
    },
  );
});
