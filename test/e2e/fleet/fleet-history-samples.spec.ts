import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakePrometheus } from '../../support/prometheus/fake/fake-prometheus.js';
import {
  bootFleetForTest,
  type FleetTest,
  scrapeFleet,
  scrapeHost,
} from '../../support/prometheus/fake/fleet-scene.js';

const START = Date.parse('2027-01-31T12:00:00Z');

let prometheus: FakePrometheus;
let test: FleetTest;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START + 20_000 });
  prometheus = await FakePrometheus.start();
  await scrapeFleet(prometheus, toSeconds(0));
  await scrapeFleet(prometheus, toSeconds(15));
  test = await bootFleetForTest(prometheus);
});

function toSeconds(second: number): number {
  return START / 1000 + second;
}

function formatTime(second: number): string {
  return new Date(START + second * 1000).toISOString();
}

async function get(query: string): Promise<unknown> {
  return (await test.get(`/stats/history?${query}`).expect(200)).body;
}

describe('The samples of the hosts of a fleet', () => {
  it('are counted for a summary although the target of a host got other labels', async () => {
    const db = { name: 'db', project: 'data', cpuUsage: 60 };
    await scrapeHost(prometheus, 'db1', [db], { at: toSeconds(30), labels: { zone: 'b' } });
    vi.setSystemTime(START + 35_000);
    expect(await get('view=summary&host=db1&fields=cpuUsage')).toMatchObject({
      since: formatTime(0),
      until: formatTime(30),
      samples: 3,
      containers: [{ name: 'db', samples: 3, cpuUsage: { min: 40, max: 60 } }],
    });
  });
});
