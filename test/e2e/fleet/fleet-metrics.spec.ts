import { describe, expect, it } from 'vitest';
import { sendNothing } from '../../support/http/scripted-server.js';
import { bootFleetForTest, type FleetTest, startFleet } from '../../support/prometheus/fake/fleet-scene.js';
import { parseSeries } from '../../support/prometheus/served-metrics.js';

/** Returns the values of the service's own series, by name and labels without the prefix. */
async function getSeries({ get }: FleetTest): Promise<Record<string, number>> {
  const { text } = await get('/metrics').expect(200);
  return Object.fromEntries(
    [...parseSeries(text)].map(([series, value]) => [series.replace('docker_stats_api_', ''), value]),
  );
}

describe('The metrics of sampling of a fleet', () => {
  it('count the queries of the basic view, of the full view and of selected hosts', async () => {
    const test = await bootFleetForTest(await startFleet());
    for (const path of ['/stats', '/stats?host=web1', '/stats?view=full']) await test.get(path).expect(200);
    expect(await getSeries(test)).toMatchObject({
      'samples_total{result="success"}': 3, // the scrape uses the sample of the full view
      'sample_starts_total{reason="request"}': 3,
      sample_duration_seconds_count: 3,
    });
  });

  it('count the failed queries of the basic view', async () => {
    const test = await bootFleetForTest(await startFleet(), { PROMETHEUS_TIMEOUT_MS: '300' });
    test.prometheus.respond = sendNothing;
    await test.get('/stats').expect(500);
    expect(await getSeries(test)).toMatchObject({ 'samples_total{result="prometheus_timeout"}': 2 }); // one by the scrape
  });
});
