import { type BasicContainerStats, type FullStats, StatsClient } from 'docker-stats-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { row } from '../../support/docker/docker-rows.js';
import { failure } from '../../support/docker/fake-command-runner.js';
import { HostsCommandRunner } from '../../support/hosts/hosts-command-runner.js';
import { EventStream } from '../../support/http/event-stream.js';
import { FakeClock } from '../../support/sampling/fake-clock.js';
import { bootApp, KEY, type TestApp } from '../../support/service/test-app.js';

const DOWN = failure('Cannot connect to the Docker daemon at tcp://db1. Is the docker daemon running?');
const WEB_KEY = 'web-key-0123456789';
const INTERVAL_MS = 2000;

let clock: FakeClock;
let test: TestApp<HostsCommandRunner>;
let opened: EventStream[];
beforeEach(async () => {
  clock = new FakeClock();
  const runner = new HostsCommandRunner();
  for (const host of ['web1', 'db1']) runner.get(host).stats = { stdout: row({ Name: `on-${host}` }) };
  const env = { DOCKER_HOSTS: 'web1,db1', API_KEYS: `all:${KEY},web:${WEB_KEY};hosts=web*` };
  test = await bootApp(env, { runner, clock });
  opened = [];
});
afterEach(async () => {
  opened.forEach((stream) => stream.close());
  await test.app.close();
});

async function open(query = '', key = KEY): Promise<EventStream> {
  const url = `${await test.app.getUrl()}/stats/stream${query}`;
  const stream = await EventStream.open(url, { 'X-API-Key': key });
  opened.push(stream);
  return stream;
}

/** Waits for an event, and returns the containers in it. */
async function receive(stream: EventStream, count = 1): Promise<string[]> {
  const { data = '[]' } = (await stream.waitForEvents(count)).at(-1) ?? {};
  return (JSON.parse(data) as BasicContainerStats[]).map(({ host, name }) => `${host} ${name}`);
}

describe('GET /stats/stream with several hosts', () => {
  it('sends one event with the containers of all hosts for each sample of them', async () => {
    const stream = await open();
    expect(await receive(stream)).toEqual(['web1 on-web1', 'db1 on-db1']);
    test.runner.get('db1').stats = { stdout: row({ Name: 'new' }) };
    await clock.advance(INTERVAL_MS);
    expect(await receive(stream, 2)).toEqual(['web1 on-web1', 'db1 new']);
    expect(stream.events).toHaveLength(2);
  });

  it('goes on with the other hosts when one is down', async () => {
    const stream = await open('?view=full');
    await stream.waitForEvents(1);
    test.runner.get('db1').stats = DOWN;
    await clock.advance(INTERVAL_MS);
    await clock.advance(INTERVAL_MS * 2);
    const full = JSON.parse((await stream.waitForEvents(3)).at(-1)?.data ?? '') as FullStats;
    expect(full.containers.map(({ host }) => host)).toEqual(['web1']);
    expect(full.skipped).toMatchObject([{ host: 'db1', reason: 'docker_unreachable' }]);
  });

  it('sends an error event only when all hosts are down', async () => {
    for (const host of ['web1', 'db1']) test.runner.get(host).stats = DOWN;
    const [event] = await (await open()).waitForEvents(1);
    expect(event).toMatchObject({ event: 'error' });
    expect(event?.data).toContain('web1: Cannot connect');
  });

  it.each([
    ['?host=db1', KEY, ['db1 on-db1'], 'web1'],
    ['', WEB_KEY, ['web1 on-web1'], 'db1'],
  ])('with %j samples only the hosts that it shows', async (query, key, containers, other) => {
    expect(await receive(await open(query, key))).toEqual(containers);
    expect(test.runner.get(other).statsRuns).toBe(0);
  });

  it('refuses a host that does not exist', async () => {
    const stream = await open('?host=nosuch');
    expect(stream.response.status).toBe(404);
  });

  it('is read by the client', async () => {
    const client = new StatsClient({ baseUrl: await test.app.getUrl(), apiKey: KEY });
    for await (const { hosts, containers } of client.watch({ view: 'full', host: 'db*' })) {
      expect(hosts?.map(({ name }) => name)).toEqual(['db1']);
      expect(containers).toMatchObject([{ host: 'db1', name: 'on-db1' }]);
      break;
    }
  });
});
