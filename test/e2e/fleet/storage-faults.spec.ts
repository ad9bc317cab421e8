import { describe, expect, it } from 'vitest';
import { EventStream } from '../../support/http/event-stream.js';
import { sendNothing } from '../../support/http/scripted-server.js';
import { sendPage, sendStart } from '../../support/prometheus/fake/faulty-responses.js';
import { bootFleetForTest, type FleetTest, startFleet } from '../../support/prometheus/fake/fleet-scene.js';
import { FakeClock } from '../../support/sampling/fake-clock.js';
import { KEY } from '../../support/service/test-app.js';
import { FAULTS, FIX_DOWN, FIX_LOAD } from './storage-faults.js';

const SCOPED_KEY = 'scoped-key-0123456789';

/** Boots a fleet without any reuse of a sample. */
async function boot(env: Record<string, string> = {}, clock?: FakeClock): Promise<FleetTest> {
  const settings = {
    API_KEYS: `${KEY},scoped:${SCOPED_KEY};containers=app`,
    PROMETHEUS_TIMEOUT_MS: '5000',
    STATS_INTERVAL_MS: '0',
  };
  return bootFleetForTest(await startFleet(), { ...settings, ...env }, clock);
}

describe('A fleet whose storage', () => {
  it.each(FAULTS)(
    '%s: responds with 500, and with figures afterwards',
    async (_what, respond, code, text) => {
      const clock = new FakeClock();
      const test = await boot({}, clock);
      await test.get('/stats').expect(200);
      test.prometheus.respond = respond;
      await clock.advance(1);
      const expected = { statusCode: 500, code, message: `Error: ${text}` };
      for (const path of ['/stats', '/stats?host=web1', '/projects', '/containers/db/stats', '/hosts']) {
        const { status, headers, body } = await test.get(path).set('Cache-Control', 'no-cache');
        expect({ path, status, body: body as unknown }).toEqual({ path, status: 500, body: expected });
        expect(headers['cache-control']).toBe('no-store');
      }
      test.prometheus.respond = undefined;
      await clock.advance(2000);
      expect((await test.get('/stats').expect(200)).body).toHaveLength(4);
    },
  );

  it.each(FAULTS)('%s: hides the details from a key with a scope', async (_what, respond, code) => {
    const test = await boot();
    test.prometheus.respond = respond;
    const { body } = await test.client.get('/stats').set('X-API-Key', SCOPED_KEY).expect(500);
    expect(body).toMatchObject({ code });
    expect((body as { message: string }).message).not.toMatch(/html|status|web1/);
  });

  it.each([
    ['hangs', sendNothing],
    ['sends the start of a body, and nothing more', sendStart],
  ])('%s: responds with 500 prometheus_timeout at the deadline', async (_what, respond) => {
    const test = await boot({ PROMETHEUS_TIMEOUT_MS: '300' });
    test.prometheus.respond = respond;
    const { status, body } = await test.get('/stats');
    expect(status).toBe(500);
    expect(body).toMatchObject({
      code: 'prometheus_timeout',
      message: `Error: Prometheus did not respond in time: The operation was aborted due to timeout. ${FIX_LOAD}`,
    });
    expect(test.prometheus.queries[0]?.form.get('timeout')).toBe('300ms');
  });

  it('is down: responds with 500 prometheus_unreachable, and with figures after its restart', async () => {
    const test = await boot();
    await test.get('/stats').expect(200);
    await test.prometheus.stop();
    const { body } = await test.get('/stats?view=full').set('Cache-Control', 'no-cache').expect(500);
    expect(body).toMatchObject({
      code: 'prometheus_unreachable',
      message: `Error: Prometheus cannot be reached: connect ECONNREFUSED ${new URL(test.prometheus.url).host}. ${FIX_DOWN}`,
    });
    await test.prometheus.restart();
    await expect.poll(async () => (await test.get('/stats')).status).toBe(200);
  });

  it('restarts between two requests: no request fails', async () => {
    const test = await boot();
    await test.get('/stats').expect(200);
    await test.prometheus.stop();
    await test.prometheus.restart();
    await test.get('/stats').set('Cache-Control', 'no-cache').expect(200);
  });

  it('is empty: responds with 500, never with []', async () => {
    const test = await boot();
    test.prometheus.clear();
    for (const path of ['/stats', '/stats?view=full', '/stats?format=csv', '/hosts', '/projects']) {
      const { body } = await test.get(path).expect(500);
      expect(body).toMatchObject({
        code: 'prometheus_failed',
        message:
          'Error: Prometheus has no figures of docker-stats-api of the last hour. ' +
          'To fix: check the scrape configuration, PROMETHEUS_MATCHERS, PROMETHEUS_HOST_LABEL and the tenant in PROMETHEUS_HEADERS.',
      });
    }
    await test.get('/stats?host=web1').expect(404);
  });

  it('has another tenant: responds with 500, and with figures for the right one', async () => {
    const prometheus = await startFleet();
    prometheus.tenant = 'team-a';
    const wrong = await bootFleetForTest(prometheus, { PROMETHEUS_HEADERS: 'X-Scope-OrgID=team-b' });
    const { body } = await wrong.get('/stats').expect(500);
    expect(body).toMatchObject({ code: 'prometheus_failed', message: /tenant in PROMETHEUS_HEADERS/ });
    const right = await bootFleetForTest(prometheus, { PROMETHEUS_HEADERS: 'X-Scope-OrgID=team-a' });
    await right.get('/stats').expect(200);
  });

  it('sends too much: responds with 500, and says which settings help', async () => {
    const test = await boot({ PROMETHEUS_MAX_RESPONSE_BYTES: '1000' });
    const { body } = await test.get('/stats').expect(500);
    expect(body).toMatchObject({
      code: 'prometheus_failed',
      message:
        'Error: The response of Prometheus is too large: Response content exceeded max size. ' +
        'To fix: select fewer hosts with PROMETHEUS_MATCHERS, or raise PROMETHEUS_MAX_RESPONSE_BYTES.',
    });
  });

  it('limits the requests: is not queried before Retry-After is over', async () => {
    const test = await boot();
    test.prometheus.respond = sendPage(429, { 'Retry-After': '60' });
    await test.get('/stats').expect(500);
    test.prometheus.respond = undefined;
    for (const path of ['/stats?host=web1', '/stats?host=web2', '/stats?host=db*']) {
      const { body } = await test.get(path).expect(500);
      expect(body).toMatchObject({ message: expect.stringContaining('status 429') as string });
    }
    expect(test.prometheus.queries).toHaveLength(1);
  });

  it('fails while a stream is open: sends an error event, then figures', async () => {
    const test = await boot({ STATS_INTERVAL_MS: '50' });
    const url = `${await test.app.getUrl()}/stats/stream`;
    const stream = await EventStream.open(url, { 'X-API-Key': KEY });
    const findLast = (event: string): unknown => stream.events.at(-1)?.event === event;
    await expect.poll(() => findLast('stats')).toBe(true);
    test.prometheus.respond = sendPage(502);
    await expect.poll(() => findLast('error')).toBe(true);
    expect(JSON.parse(stream.events.at(-1)?.data ?? '')).toMatchObject({ code: 'prometheus_unreachable' });
    test.prometheus.respond = undefined;
    await expect.poll(() => findLast('stats')).toBe(true);
    expect(stream.hasEnded).toBe(false);
    stream.close();
  });
});
