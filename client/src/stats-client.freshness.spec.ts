import { describe, expect, it, vi } from 'vitest';
import { type RequestHandler, sendError, sendJson } from '../../test/support/http/scripted-server.js';
import { CONTAINER, FULL, received, startServer } from '../../test/support/http/scripted-client.js';

const NEXT = { ...FULL, sampledAt: '2026-11-23T21:50:38.016Z', ageMs: 100 };

const sendNotModified: RequestHandler = (response) => response.writeHead(304).end();

describe('StatsClient freshness', () => {
  it('sends maxAge, maxStale and onlyIfCached as Cache-Control', async () => {
    const { server, client } = await startServer(sendJson(FULL));
    await client.stats({ view: 'full', maxAge: 1 });
    await client.stats({ view: 'full', maxAge: 0 });
    await client.stats({ view: 'full', maxAge: 0, maxStale: 60, onlyIfCached: true });
    server.setHandlers(sendJson(CONTAINER));
    await client.container('web-1', { maxStale: Infinity });
    expect(received(server, 'cache-control')).toEqual([
      'max-age=1',
      'no-cache',
      'max-age=0, max-stale=60, only-if-cached',
      'max-stale',
    ]);
    expect(received(server, 'if-none-match')).toEqual([undefined, undefined, undefined, undefined]); // there was no ETag
  });

  it('fails with not_cached, after one request, if the service has no sample that is fresh enough', async () => {
    const { server, client } = await startServer(sendError(504, 'not_cached'));
    await expect(client.stats({ onlyIfCached: true })).rejects.toMatchObject({
      name: 'StatsClientError',
      code: 'not_cached',
      status: 504,
      message: 'The not_cached message',
    });
    expect(server.requests).toHaveLength(1);
  });

  it('returns the real age of a stale sample, both when it is new to the client and for 304', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const stale = { ...FULL, ageMs: 60_000 };
    const { server, client } = await startServer(sendJson(stale, 200, { ETag: 'W/"1"' }), sendNotModified);
    expect(await client.stats({ view: 'full', maxStale: 600 })).toEqual(stale);
    vi.advanceTimersByTime(90_000);
    expect(await client.stats({ view: 'full', maxStale: 600 })).toEqual({ ...stale, ageMs: 150_000 });
    expect(received(server, 'if-none-match')).toEqual([undefined, 'W/"1"']);
  });

  it('gets the next sample after a stale one, and caches that instead', async () => {
    const { server, client } = await startServer(
      sendJson(FULL, 200, { ETag: 'W/"1"' }),
      sendNotModified,
      sendJson(NEXT, 200, { ETag: 'W/"2"' }),
      sendNotModified,
    );
    await client.stats({ view: 'full' });
    expect(await client.stats({ view: 'full', maxStale: 60 })).toMatchObject({ sampledAt: FULL.sampledAt });
    expect(await client.stats({ view: 'full', maxStale: 60 })).toEqual(NEXT);
    expect(await client.stats({ view: 'full' })).toMatchObject({ sampledAt: NEXT.sampledAt });
    expect(received(server, 'if-none-match')).toEqual([undefined, 'W/"1"', 'W/"1"', 'W/"2"']);
  });

  it('keeps the cached response after not_cached, but does not return it without the service', async () => {
    const { server, client } = await startServer(
      sendJson(FULL, 200, { ETag: 'W/"1"' }),
      sendError(504, 'not_cached'),
      sendNotModified,
    );
    await client.stats({ view: 'full' });
    const call = client.stats({ view: 'full', onlyIfCached: true });
    await expect(call).rejects.toMatchObject({ code: 'not_cached' });
    const again = await client.stats({ view: 'full', maxStale: 60, onlyIfCached: true });
    expect(again).toMatchObject({ sampledAt: FULL.sampledAt });
    expect(received(server, 'if-none-match')).toEqual([undefined, 'W/"1"', 'W/"1"']);
  });
});
