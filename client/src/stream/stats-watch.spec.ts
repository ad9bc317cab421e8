import { describe, expect, it, vi } from 'vitest';
import {
  type Answer,
  error as failure,
  json,
  reset,
  ScriptedServer,
  silence,
  statsEvent,
  stream,
} from '../../../test/support/scripted-server.js';
import { StatsClient } from '../stats-client.js';
import type { StatsClientError } from '../stats-client.error.js';
import type { WatchOptions } from '../stats-client-options.js';
import type { StatsWatch } from './stats-watch.js';
import type { BasicContainerStats } from '../wire-types.js';

const DOCKER_DOWN = '{"statusCode":500,"code":"docker_unreachable","message":"Error: no daemon"}';

/** A server that answers so, a watch of it, and what its `onError` heard. */
async function watching(
  options: WatchOptions,
  ...answers: Answer[]
): Promise<{
  server: ScriptedServer;
  watch: StatsWatch<BasicContainerStats[]>;
  heard: StatsClientError[];
}> {
  const server = await ScriptedServer.start(...answers);
  const heard: StatsClientError[] = [];
  const client = new StatsClient({ baseUrl: server.url, apiKey: 'client-key-0123456789' });
  const watch = client.watch({ onError: (error) => heard.push(error), ...options });
  return { server, watch, heard };
}

function raise(error: StatsClientError): never {
  throw error;
}

/** The names in the next samples; the watch is ended then. */
async function namesIn(watch: StatsWatch<BasicContainerStats[]>, count: number): Promise<string[]> {
  const names: string[] = [];
  for await (const [container] of watch) {
    names.push(container?.name ?? 'none');
    if (names.length === count) break;
  }
  return names;
}

describe('a watch', () => {
  it('gives the samples, and closes the connection when the loop is left', async () => {
    const { server, watch, heard } = await watching({ name: 'web-*' }, (response, request) => {
      stream(statsEvent('one'))(response, request);
      setTimeout(() => response.write(`: still here\n\nevent: other\ndata: 1\n\n${statsEvent('two')}`), 20);
    });
    expect(await namesIn(watch, 2)).toEqual(['one', 'two']);
    await expect.poll(() => server.underWay).toBe(0);
    expect(server.requests).toMatchObject([
      {
        url: '/stats/stream?name=web-*',
        headers: { accept: 'text/event-stream', 'x-api-key': 'client-key-0123456789' },
      },
    ]);
    expect(heard).toEqual([]);
    expect(await watch.next()).toEqual({ done: true, value: undefined });
  });

  it('asks for nothing before the loop begins, and never when it has been left by then', async () => {
    const { server, watch } = await watching({}, stream(statsEvent('one')));
    await watch.return();
    expect(await watch.next()).toEqual({ done: true, value: undefined });
    expect(server.requests).toEqual([]);
  });

  it('ends with its signal, also for one who waits', async () => {
    const caller = new AbortController();
    const { server, watch, heard } = await watching({ signal: caller.signal }, stream(statsEvent('one')));
    await watch.next();
    const next = watch.next();
    caller.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    await expect.poll(() => server.underWay).toBe(0);
    expect(heard).toEqual([]);
  });

  it('never begins with a signal that is over', async () => {
    const { server, watch } = await watching({ signal: AbortSignal.abort() }, stream(statsEvent('one')));
    expect(await namesIn(watch, 1)).toEqual([]);
    expect(server.requests).toEqual([]);
  });

  it('ends by return() also for one who waits', async () => {
    const { server, watch } = await watching({}, silence);
    const next = watch.next();
    await expect.poll(() => server.requests).toHaveLength(1);
    await watch.return();
    expect(await next).toEqual({ done: true, value: undefined });
    await expect.poll(() => server.underWay).toBe(0);
  });

  it('gives a slow loop the newest sample, and none of those between', async () => {
    const { watch, heard } = await watching(
      {},
      stream(['1', '2', '3'].map(statsEvent).join('') + `event: error\ndata: ${DOCKER_DOWN}\n\n`),
    );
    const first = watch.next();
    await expect.poll(() => heard).toHaveLength(1); // the last event has come
    expect((await first).value).toMatchObject([{ name: '1' }]);
    expect((await watch.next()).value).toMatchObject([{ name: '3' }]);
    await watch.return();
  });

  it('survives samples that fail, and tells of them', async () => {
    const { server, watch, heard } = await watching(
      {},
      stream(`event: error\ndata: ${DOCKER_DOWN}\n\n${statsEvent('one')}`),
    );
    expect(await namesIn(watch, 1)).toEqual(['one']);
    expect(heard).toMatchObject([{ code: 'docker_unreachable', status: 500, message: 'Error: no daemon' }]);
    expect(server.requests).toHaveLength(1);
  });

  it('survives lost connections without anybody who hears of them', async () => {
    const server = await ScriptedServer.start(
      reset,
      (response, request) => {
        stream('retry: 1\n\n')(response, request);
        response.end();
      },
      stream(statsEvent('one')),
    );
    const client = new StatsClient({ baseUrl: server.url, apiKey: 'key' });
    expect(await namesIn(client.watch(), 1)).toEqual(['one']);
    expect(server.requests).toHaveLength(3);
  });

  it('takes silence for a lost connection, and signs of life for none', async () => {
    const { server, watch, heard } = await watching(
      { silenceMs: 300 },
      (response, request) => {
        stream(`retry: 1\n\n${statsEvent('one')}`)(response, request);
        const beats = setInterval(() => response.write(': still here\n\n'), 50);
        setTimeout(() => clearInterval(beats), 600);
      },
      stream(statsEvent('two')),
    );
    const began = performance.now();
    expect(await namesIn(watch, 2)).toEqual(['one', 'two']);
    expect(performance.now() - began).toBeGreaterThan(800);
    expect(heard).toMatchObject([{ code: 'timeout' }]);
    await expect.poll(() => server.underWay).toBe(0);
  });

  it.each([
    ['a wrong key', 'unauthorized', failure(401, 'unauthorized')],
    ['a wrong request', 'invalid_request', failure(400, 'invalid_request')],
    ['no such route', 'invalid_response', json({}, 404)],
    ['no stream', 'invalid_response', json([])],
    ['another view', 'invalid_response', stream('event: stats\ndata: {}\n\n')],
    ['no JSON', 'invalid_response', stream('event: stats\ndata: x\n\n')],
    ['an event without an end', 'invalid_response', stream(`data: ${'x'.repeat(67_108_864)}`)],
    ['errors of another form', 'invalid_response', stream('event: error\ndata: {}\n\n')],
  ] as [string, string, Answer][])('fails for good with %s', async (_name, code, answer) => {
    const { server, watch, heard } = await watching({}, answer);
    await expect(watch.next()).rejects.toMatchObject({ code });
    expect(await watch.next()).toEqual({ done: true, value: undefined });
    expect(server.requests).toHaveLength(1);
    expect(heard).toEqual([]);
    await expect.poll(() => server.underWay).toBe(0);
  });

  it.each([
    ['was left', stream(statsEvent('one'))],
    ['has failed', failure(401, 'unauthorized')],
  ] as [string, Answer][])('leaves nothing at its signal when it %s', async (_name, answer) => {
    const caller = new AbortController();
    const { watch } = await watching({ signal: caller.signal }, answer);
    await namesIn(watch, 1).catch(() => undefined);
    const aborted = vi.spyOn(AbortController.prototype, 'abort');
    caller.abort();
    expect(aborted).toHaveBeenCalledTimes(1); // by the caller alone
  });

  it('tells nothing more when it was ended by what it told', async () => {
    const caller = new AbortController();
    const heard: StatsClientError[] = [];
    const onError = (error: StatsClientError): void => {
      heard.push(error);
      caller.abort();
    };
    const { watch } = await watching(
      { signal: caller.signal, onError },
      stream(`event: error\ndata: ${DOCKER_DOWN}\n\n`.repeat(2)),
    );
    expect(await watch.next()).toEqual({ done: true, value: undefined });
    expect(heard).toHaveLength(1);
  });

  it('takes a type of content for what it is, in capitals also', async () => {
    const { watch } = await watching({}, (response) => {
      response.writeHead(200, { 'Content-Type': 'Text/Event-Stream' }).write(statsEvent('one'));
    });
    expect(await namesIn(watch, 1)).toEqual(['one']);
  });

  it.each([
    ['the stream', stream(`event: error\ndata: ${DOCKER_DOWN}\n\n${statsEvent('one')}`)],
    ['the connection', reset],
  ] as [string, Answer][])('fails with what onError throws at an error of %s', async (_name, answer) => {
    const { server, watch } = await watching({ onError: raise }, answer);
    await expect(watch.next()).rejects.toMatchObject({ name: 'StatsClientError' });
    expect(await watch.next()).toEqual({ done: true, value: undefined });
    await expect.poll(() => server.underWay).toBe(0);
    expect(server.requests).toHaveLength(1);
  });
});
