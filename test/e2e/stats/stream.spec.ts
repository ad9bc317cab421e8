import { type BasicContainerStats, type FullStats, StatsClient } from 'docker-stats-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDownError, SOURCES } from '../../support/contract/stats-scene.js';
import { StreamScene } from '../../support/contract/stream-scene.js';
import { psRow, row } from '../../support/docker/docker-rows.js';
import { failure } from '../../support/docker/fake-command-runner.js';
import type { ServerSentEvent } from '../../support/http/event-stream.js';
import { KEY } from '../../support/service/test-app.js';

const SHOP_KEY = 'shop-key-0123456789';

const WEB_ID = 'a'.repeat(64);
const DB_ID = 'd'.repeat(64);

const DOWN = failure('Cannot connect to the Docker daemon');

/** The names of the containers in an event. */
function getNames(event: ServerSentEvent | undefined): string[] {
  return (JSON.parse(event?.data ?? '') as BasicContainerStats[]).map(({ name }) => name);
}

describe.each(SOURCES)('With %s, GET /stats/stream', (source) => {
  let scene: StreamScene;
  beforeEach(async () => {
    scene = await StreamScene.boot(source, {
      API_KEYS: `all:${KEY},shop:${SHOP_KEY};projects=shop`,
      STATS_IDLE_AFTER_MS: '10000',
    });
  });
  afterEach(() => scene.close());

  it('responds with an event stream that proxies must not buffer', async () => {
    const { response } = await scene.request();
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'private, no-store, no-transform',
      'x-accel-buffering': 'no',
    });
  });

  it('sends the current sample at once, then each new one', async () => {
    const { headers } = await scene.service.get('/stats');
    const stream = await scene.request();
    const [first] = await stream.waitForEvents(1);
    expect(first).toEqual({
      id: headers['x-sampled-at'],
      event: 'stats',
      data: JSON.stringify([
        { ...scene.service.hostField, name: 'run-1', cpuUsage: 12.45, memoryUsage: 102.9 },
      ]),
    });
    await scene.takeSample('run-2');
    await stream.waitForEvents(2);
    await scene.takeSample('run-3');
    const events = await stream.waitForEvents(3);
    expect(events.map(getNames)).toEqual([['run-1'], ['run-2'], ['run-3']]);
  });

  it('takes a sample if there is none', async () => {
    const stream = await scene.open();
    expect(stream.events).toMatchObject([{ event: 'stats' }]);
    expect(scene.samples).toBe(1);
  });

  it('supports ?view= and ?name=', async () => {
    scene.service.runner.stats = {
      stdout: row({ Name: 'web-1', ID: WEB_ID }) + row({ Name: 'db', ID: DB_ID }),
    };
    await scene.service.get('/stats?view=full');
    await scene.clock.advance(700);
    const [first] = await (await scene.request('?view=full&name=web-*')).waitForEvents(1);
    const { ageMs, containers } = JSON.parse(first?.data ?? '') as FullStats;
    expect(ageMs).toBeGreaterThanOrEqual(700);
    expect(ageMs).toBeLessThan(1000);
    expect(containers).toMatchObject([{ ...scene.service.hostField, name: 'web-1', pids: 7 }]);
  });

  it('filters by project, and shows a key only the containers of its scope', async () => {
    scene.service.runner.stats = {
      stdout: row({ Name: 'web', ID: WEB_ID }) + row({ Name: 'db', ID: DB_ID }),
    };
    scene.service.runner.ps = {
      stdout:
        psRow({ Names: 'web', ID: WEB_ID }) +
        psRow({ Names: 'db', ID: DB_ID, 'com.docker.compose.project': 'data' }),
    };
    const streams = [
      await scene.open(),
      await scene.open('?project=data'),
      await scene.open('', SHOP_KEY),
      await scene.open('?project=data', SHOP_KEY),
    ];
    expect(streams.map(({ events }) => events.map(getNames))).toEqual([
      [['db', 'web']],
      [['db']],
      [['web']],
      [[]],
    ]);
  });

  it('is read by the client', async () => {
    await scene.service.get('/stats').expect(200);
    const client = new StatsClient({ baseUrl: await scene.service.app.getUrl(), apiKey: KEY });
    for await (const { containers } of client.watch({ view: 'full', name: 'run-*' })) {
      expect(containers).toMatchObject([{ ...scene.service.hostField, name: 'run-1' }]);
      break;
    }
  });

  it('sends an error event if docker fails, and stays open', async () => {
    const stream = await scene.open();
    scene.service.runner.stats = DOWN;
    await expect.poll(() => scene.advanceToEvent(stream)).toMatchObject({ event: 'error' });
    expect(JSON.parse(stream.events.at(-1)?.data ?? '')).toEqual(createDownError(source));
    scene.service.runner.stats = { stdout: row({ Name: 'again' }) };
    await expect.poll(() => scene.advanceToEvent(stream)).toMatchObject({ event: 'stats' });
    expect(getNames(stream.events.at(-1))).toEqual(['again']);
    expect(stream.hasEnded).toBe(false);
  });

  it('sends a recent failure at once', async () => {
    scene.service.runner.stats = DOWN;
    const { body } = await scene.service.get('/stats').expect(500, createDownError(source));
    const [first] = await (await scene.request()).waitForEvents(1);
    expect(first).toEqual({ event: 'error', data: JSON.stringify(body) });
    expect(scene.samples).toBe(1);
  });

  it('takes one sample in each interval for all open streams, and none after the last is closed', async () => {
    const streams = [await scene.open(), await scene.open('?view=full'), await scene.open('?name=run-*')];
    for (let n = 2; n <= 20; n++) {
      await scene.takeSample(`run-${n}`);
      await Promise.all(streams.map((stream) => stream.waitForEvents(n)));
    }
    expect(scene.samples).toBe(20);
    streams.forEach((stream) => stream.close());
    await scene.waitForNoTimers();
  });

  it('sends heartbeats between samples', async () => {
    const own = await StreamScene.boot(source, { STATS_INTERVAL_MS: '100000', STATS_MAX_AGE_MS: '100000' });
    const stream = await own.open();
    await own.clock.advance(30_000);
    await expect.poll(() => stream.text.split('\n\n').slice(1)).toEqual([': still here', ': still here', '']);
    await own.close();
  });

  it('requires a key, and validates the query', async () => {
    await scene.service.client.get('/stats/stream').expect(401);
    await scene.service.get('/stats/stream?view=all').expect(400, /"code":"invalid_request"/);
    expect(scene.samples).toBe(0);
  });

  it('responds to HEAD with the headers only', async () => {
    const { status, headers } = await scene.service.client.head('/stats/stream').set('X-API-Key', KEY);
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8' });
    expect(scene.clock.timerCount).toBe(0); // no stream is open
  });
});
