import type { FullStats, HostStatus } from 'docker-stats-client';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { EventStream } from '../../support/http/event-stream.js';
import type { FakePrometheus } from '../../support/prometheus/fake/fake-prometheus.js';
import {
  bootFleetForTest,
  createTarget,
  type FleetTest,
  scrapeHost,
  scrapeWithoutDocker,
  startFleet,
} from '../../support/prometheus/fake/fleet-scene.js';
import { FakeClock } from '../../support/sampling/fake-clock.js';
import { KEY } from '../../support/service/test-app.js';

/** The time between two scrapes, and between two samples. */
const INTERVAL_S = 5;

let clock: FakeClock;
let prometheus: FakePrometheus;
let test: FleetTest;
let stream: EventStream;
beforeEach(async () => {
  clock = new FakeClock();
  prometheus = await startFleet();
  test = await bootFleetForTest(prometheus, { STATS_INTERVAL_MS: `${INTERVAL_S * 1000}` }, clock);
  stream = await EventStream.open(`${await test.app.getUrl()}/stats/stream?view=full`, { 'X-API-Key': KEY });
  onTestFinished(() => stream.close());
  await stream.waitForEvents(1);
});

/** Lets the time of a scrape come: `db1` changes, and the other hosts have new figures. Returns the time. */
async function scrape(changeDb1: (at: number) => void | Promise<void>): Promise<string> {
  prometheus.aheadS += INTERVAL_S;
  const at = prometheus.now;
  await changeDb1(at);
  await scrapeHost(prometheus, 'web1', [{ name: 'app' }], { at });
  await scrapeHost(prometheus, 'web2', [{ name: 'app' }], { at });
  const count = stream.events.length;
  await clock.advance(INTERVAL_S * 1000);
  await stream.waitForEvents(count + 1);
  return new Date(at * 1000).toISOString();
}

/** Changes of `db1`. */
const scrapeDb1 = (at: number): Promise<void> => scrapeHost(prometheus, 'db1', [{ name: 'db' }], { at });
const failScrape = (at: number): void => prometheus.scrape(createTarget('db1'), undefined, at);
const failDocker = (at: number): void => scrapeWithoutDocker(prometheus, 'db1', at);

/** Returns what each route says of the hosts: that they are up, or the code of their error and since when. */
async function readStates(): Promise<Record<string, string[]>> {
  const full = (await test.get('/stats?view=full').expect(200)).body as FullStats;
  const event = JSON.parse(stream.events.at(-1)?.data ?? '') as FullStats;
  const hosts = (await test.get('/hosts').expect(200)).body as HostStatus[];
  return {
    stats: listStates(full),
    stream: listStates(event),
    hosts: hosts.map(({ name, error }) =>
      error === null ? `${name} up` : `${name} ${error.code} ${error.since}`,
    ),
  };
}

/** Each host has one container, or is skipped. */
function listStates({ containers, skipped }: FullStats): string[] {
  const up = containers.map(({ host }) => `${host} up`);
  const down = skipped.map((row) => `${row.host} ${row.reason} ${'since' in row ? row.since : ''}`);
  return [...up, ...down].toSorted();
}

/** What the routes say if this is the state of `db1`, and the others are up. */
function createStates(db1: unknown): Record<string, unknown[]> {
  const states = [db1, 'web1 up', 'web2 up'];
  return { stats: states, stream: states, hosts: states };
}

describe('A host of a fleet', () => {
  it('that goes up and down is shown with each state, and since when', async () => {
    let upAt = await scrape(scrapeDb1);
    expect(await readStates()).toEqual(createStates('db1 up'));
    for (const [fail, code] of [
      [failScrape, 'scrape_failed'],
      [failDocker, 'docker_failed'],
      [failScrape, 'scrape_failed'],
    ] as const) {
      await scrape(fail);
      expect(await readStates()).toEqual(createStates(`db1 ${code} ${upAt}`));
      await scrape(fail);
      expect(await readStates()).toEqual(createStates(`db1 ${code} ${upAt}`));
      upAt = await scrape(scrapeDb1);
      expect(await readStates()).toEqual(createStates('db1 up'));
    }
  });

  it('that the storage has forgotten is shown as figures_gone until it returns', async () => {
    const upAt = await scrape(scrapeDb1);
    await scrape(() => prometheus.clear());
    expect(await readStates()).toEqual(createStates(`db1 figures_gone ${upAt}`));
    await scrape(() => undefined);
    expect(await readStates()).toEqual(createStates(`db1 figures_gone ${upAt}`));
    await scrape(scrapeDb1);
    expect(await readStates()).toEqual(createStates('db1 up'));
  });

  it('is shown as host_ambiguous while two targets have its name', async () => {
    const labels = { zone: 'b' };
    await scrape(async (at) => {
      await scrapeDb1(at);
      await scrapeHost(prometheus, 'db1', [{ name: 'other' }], { at, labels });
    });
    expect(await readStates()).toEqual(createStates(expect.stringMatching(/^db1 host_ambiguous \d{4}-/)));
    await scrape(async (at) => {
      await scrapeDb1(at);
      prometheus.scrape(createTarget('db1', labels), undefined, at);
    });
    expect(await readStates()).toEqual(createStates('db1 up'));
  });
});
