import type { BasicContainerStats } from 'docker-stats-client';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { EventStream } from '../../support/http/event-stream.js';
import { sendPage } from '../../support/prometheus/fake/faulty-responses.js';
import type { FakePrometheus } from '../../support/prometheus/fake/fake-prometheus.js';
import {
  bootFleetForTest,
  createTarget,
  type FleetTest,
  scrapeHost,
  startFleet,
} from '../../support/prometheus/fake/fleet-scene.js';
import { FakeClock } from '../../support/sampling/fake-clock.js';
import { KEY } from '../../support/service/test-app.js';

const INTERVAL_MS = 5000;
const APP_KEY = 'app-key-0123456789';

let clock: FakeClock;
let prometheus: FakePrometheus;
let test: FleetTest;
beforeEach(async () => {
  clock = new FakeClock();
  prometheus = await startFleet();
  const env = { API_KEYS: `all:${KEY},app:${APP_KEY};containers=app`, STATS_INTERVAL_MS: `${INTERVAL_MS}` };
  test = await bootFleetForTest(prometheus, env, clock);
});

/** Opens a stream and waits for its first event. */
async function open(key: string): Promise<EventStream> {
  const stream = await EventStream.open(`${await test.app.getUrl()}/stats/stream`, { 'X-API-Key': key });
  onTestFinished(() => stream.close());
  await stream.waitForEvents(1);
  return stream;
}

/** Lets the next queries start, and waits until their sample is there. */
async function readAgain(key: string): Promise<void> {
  await clock.advance(INTERVAL_MS);
  await test.client.get('/stats').set({ 'X-API-Key': key, 'Cache-Control': 'no-cache' }).expect(200);
}

/** The CPU of the container `app` on `web1` in each event. */
function getFigures({ events }: EventStream): unknown[] {
  return events.map(({ event, data = '[]' }) => {
    if (event === 'error') return event;
    const containers = JSON.parse(data) as BasicContainerStats[];
    return containers.find(({ host, name }) => host === 'web1' && name === 'app')?.cpuUsage;
  });
}

describe.each([
  ['of a fleet', KEY],
  ['of some containers of a fleet', APP_KEY],
])('GET /stats/stream %s', (_what, key) => {
  it('sends no event while Prometheus has no newer figures', async () => {
    const stream = await open(key);
    await readAgain(key);
    await readAgain(key);
    await scrapeHost(prometheus, 'web1', [{ name: 'app', cpuUsage: 77 }]);
    await readAgain(key);
    await stream.waitForEvents(2);
    expect(getFigures(stream)).toEqual([12.45, 77]);
  });

  it('sends an event when a host has no figures any more', async () => {
    const stream = await open(key);
    prometheus.scrape(createTarget('web1'), undefined);
    await readAgain(key);
    await stream.waitForEvents(2);
    await readAgain(key);
    await scrapeHost(prometheus, 'web1', [{ name: 'app', cpuUsage: 77 }]);
    await readAgain(key);
    await stream.waitForEvents(3);
    expect(getFigures(stream)).toEqual([12.45, undefined, 77]);
  });

  it('sends the same figures again after an error event', async () => {
    const stream = await open(key);
    prometheus.respond = sendPage(502);
    await clock.advance(INTERVAL_MS);
    await stream.waitForEvents(2);
    prometheus.respond = undefined;
    await readAgain(key);
    await stream.waitForEvents(3);
    expect(getFigures(stream)).toEqual([12.45, 'error', 12.45]);
  });
});
