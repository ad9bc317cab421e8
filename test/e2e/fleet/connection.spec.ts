import { describe, expect, it } from 'vitest';
import { CertificateAuthority } from '../../support/files/certificates.js';
import { TemporaryFolder } from '../../support/files/temporary-folder.js';
import { FakePrometheus } from '../../support/prometheus/fake/fake-prometheus.js';
import { bootFleetForTest, scrapeFleet, startFleet } from '../../support/prometheus/fake/fleet-scene.js';
import { sendNothing } from '../../support/http/scripted-server.js';

describe('The connection to the storage of a fleet', () => {
  it('is kept open for further queries', async () => {
    const test = await bootFleetForTest(await startFleet(), { STATS_INTERVAL_MS: '0' });
    for (let n = 0; n < 5; n++) await test.get('/stats').set('Cache-Control', 'no-cache').expect(200);
    expect(test.prometheus.queries).toHaveLength(10);
    expect(test.prometheus.connections).toBeLessThanOrEqual(4);
  });

  it('is free for the readiness check while all queries hang', async () => {
    const limits = { PROMETHEUS_TIMEOUT_MS: '3000', HEALTH_TIMEOUT_MS: '1500' };
    const test = await bootFleetForTest(await startFleet(), limits);
    test.prometheus.respond = sendNothing;
    const requests = Array.from({ length: 8 }, (_, n) => test.get(`/stats?host=x${n}`).expect(500));
    const waiting = Promise.all(requests);
    await expect.poll(() => test.prometheus.queries.length).toBe(8);
    test.prometheus.respond = undefined;
    await test.client.get('/health/ready').expect(200);
    for (const { body } of await waiting) expect(body).toMatchObject({ code: 'prometheus_timeout' });
  });

  it('uses the path prefix and the query parameters of PROMETHEUS_URL, and the headers', async () => {
    const prometheus = await startFleet();
    const test = await bootFleetForTest(prometheus, {
      PROMETHEUS_URL: `${prometheus.url}/select/0/prometheus/?nocache=1`,
      PROMETHEUS_HEADERS: 'X-Scope-OrgID=team-a,X-Other=b=c',
    });
    await test.get('/stats').expect(200);
    for (const { url, headers } of prometheus.queries) {
      expect(url).toBe('/select/0/prometheus/api/v1/query?nocache=1');
      expect(headers).toMatchObject({ 'x-scope-orgid': 'team-a', 'x-other': 'b=c' });
      expect(headers).not.toHaveProperty('authorization');
    }
  });

  it.each([
    ['PROMETHEUS_BEARER_TOKEN_FILE', 'token-1\n', 'Bearer token-1', 'token-2', 'Bearer token-2'],
    ['PROMETHEUS_BASIC_AUTH_FILE', 'me:a:b\n', 'Basic bWU6YTpi', 'me:c', 'Basic bWU6Yw=='],
  ])('reads %s again for each query', async (setting, text, header, newText, newHeader) => {
    const folder = new TemporaryFolder();
    const path = folder.write('secret', text);
    const test = await bootFleetForTest(await startFleet(), { [setting]: path, STATS_INTERVAL_MS: '0' });
    const read = (): unknown => test.prometheus.queries.at(-1)?.headers.authorization;
    await test.get('/stats').expect(200);
    expect(read()).toBe(header);
    folder.write('secret', newText);
    await test.get('/stats').set('Cache-Control', 'no-cache').expect(200);
    expect(read()).toBe(newHeader);
    folder.write('secret', 'not one\ns3cret');
    const { text: body } = await test.get('/stats').set('Cache-Control', 'no-cache').expect(500);
    expect(body).toContain(setting);
    expect(body).not.toContain('s3cret');
  });

  it('verifies the certificate of the storage with PROMETHEUS_CA_FILE', async () => {
    const authority = new CertificateAuthority();
    const prometheus = await FakePrometheus.start(authority.issue('prometheus'));
    await scrapeFleet(prometheus);
    const untrusted = await bootFleetForTest(prometheus);
    const { body } = await untrusted.get('/stats').expect(500);
    expect(body).toMatchObject({
      code: 'prometheus_unreachable',
      message: expect.stringContaining(
        'check the certificate of Prometheus, and PROMETHEUS_CA_FILE',
      ) as string,
    });
    const PROMETHEUS_CA_FILE = new TemporaryFolder().write('ca.pem', authority.cert);
    await (await bootFleetForTest(prometheus, { PROMETHEUS_CA_FILE })).get('/stats').expect(200);
  });

  it('is closed at shutdown, also while a query runs', async () => {
    const prometheus = await startFleet();
    prometheus.respond = sendNothing;
    const test = await bootFleetForTest(prometheus, { SHUTDOWN_TIMEOUT_MS: '100' });
    const request = test.get('/stats').then(
      ({ status }) => status,
      () => 'closed',
    );
    await expect.poll(() => prometheus.queries.length).toBe(1);
    await test.app.close();
    expect([500, 'closed']).toContain(await request);
  });
});
