import { describe, expect, it } from 'vitest';
import { sendNothing } from '../../support/http/scripted-server.js';
import { sendPage } from '../../support/prometheus/fake/faulty-responses.js';
import { bootFleetForTest, type FleetTest, startFleet } from '../../support/prometheus/fake/fleet-scene.js';
import { KEY } from '../../support/service/test-app.js';
import { FAULTS, FIX_DOWN } from './storage-faults.js';

const SCOPED_KEY = 'scoped-key-0123456789';

const PATHS = [
  '/stats/history',
  '/stats/history?points=5',
  '/stats/history?view=summary&host=web1',
  '/containers/db/stats/history',
  '/hosts/web1/containers/app/stats/history?format=csv',
];

async function boot(env: Record<string, string> = {}): Promise<FleetTest> {
  return bootFleetForTest(await startFleet(), {
    API_KEYS: `${KEY},scoped:${SCOPED_KEY};containers=app`,
    PROMETHEUS_TIMEOUT_MS: '5000',
    ...env,
  });
}

describe('The history of a fleet whose storage', () => {
  it.each(FAULTS)('%s: is 500 with the reason, and works afterwards', async (_what, respond, code, text) => {
    const test = await boot();
    test.prometheus.respond = respond;
    for (const path of PATHS) {
      // oxlint-disable-next-line no-await-in-loop -- one request at a time is easier to debug
      const { status, headers, body } = await test.get(path);
      expect({ path, status, body: body as unknown }).toEqual({
        path,
        status: 500,
        body: { statusCode: 500, code, message: `Error: ${text}` },
      });
      expect(headers['cache-control']).toBe('no-store');
    }
    const scoped = await test.client.get('/stats/history').set('X-API-Key', SCOPED_KEY).expect(500);
    expect(scoped.body).toMatchObject({ code });
    expect((scoped.body as { message: string }).message).not.toMatch(/html|status|web1/);
    test.prometheus.respond = undefined;
    // oxlint-disable-next-line no-await-in-loop -- as above
    for (const path of PATHS) await test.get(path).expect(200);
  });

  it('hangs: is 500 prometheus_timeout at the deadline', async () => {
    const test = await boot({ PROMETHEUS_TIMEOUT_MS: '300' });
    test.prometheus.respond = sendNothing;
    for (const path of PATHS) {
      // oxlint-disable-next-line no-await-in-loop -- one request at a time is easier to debug
      const { body } = await test.get(path).expect(500);
      expect(body).toMatchObject({ code: 'prometheus_timeout' });
    }
  });

  it('is down: is 500 prometheus_unreachable, and works after its restart', async () => {
    const test = await boot();
    await test.prometheus.stop();
    const { body } = await test.get('/stats/history').expect(500);
    expect(body).toEqual({
      statusCode: 500,
      code: 'prometheus_unreachable',
      message: `Error: Prometheus cannot be reached: connect ECONNREFUSED ${new URL(test.prometheus.url).host}. ${FIX_DOWN}`,
    });
    await test.prometheus.restart();
    await test.get('/stats/history').expect(200);
  });

  it.each(PATHS)('fails for one of the queries of %s: is 500, never a part of the history', async (path) => {
    const test = await boot();
    await test.get(path).expect(200);
    const count = test.prometheus.queries.length;
    expect(count).toBeGreaterThan(2);
    test.prometheus.respond = sendPage(502);
    for (let n = 0; n < count; n++) {
      test.prometheus.queries.length = 0;
      test.prometheus.faultyQuery = n;
      // oxlint-disable-next-line no-await-in-loop -- one request at a time: the queries are counted
      const { body } = await test.get(path).expect(500);
      expect(body).toMatchObject({ code: 'prometheus_unreachable' });
    }
  });

  it('limits the requests: is not queried before Retry-After is over', async () => {
    const test = await boot();
    test.prometheus.respond = sendPage(429, { 'Retry-After': '60' });
    await test.get('/stats/history').expect(500);
    test.prometheus.respond = undefined;
    await test.get('/stats/history?points=5').expect(500);
    expect(test.prometheus.queries).toHaveLength(1);
  });
});
