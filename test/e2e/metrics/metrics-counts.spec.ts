import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { getSampler } from '../../support/sampling/get-sampler.js';
import { placeholderRow, row } from '../../support/docker/docker-rows.js';
import { EventStream } from '../../support/http/event-stream.js';
import type { FakeCommandRunner } from '../../support/docker/fake-command-runner.js';
import { parseSeries } from '../../support/prometheus/served-metrics.js';
import { bootApp, KEY, type TestApp } from '../../support/service/test-app.js';

let test: TestApp<FakeCommandRunner>;
beforeEach(async () => {
  test = await bootApp({
    API_KEYS: `team:${KEY}`,
    STATS_IDLE_AFTER_MS: '0', // no background runs
  });
  test.runner.stats = { stdout: row() };
});
afterEach(() => test.app.close());

/** Makes the next run wait; the returned function ends it with a container. */
function holdRun(): () => void {
  let end: (() => void) | undefined;
  test.runner.stats = new Promise<object>((resolve) => (end = () => resolve({ stdout: row() })));
  return () => end?.();
}

/** Returns the series of the service, without the prefix. */
async function getSeries(): Promise<Map<string, number>> {
  const { text } = await test.get('/metrics').expect(200);
  return new Map(
    [...parseSeries(text)].map(([series, value]) => [series.replace('docker_stats_api_', ''), value]),
  );
}

/** Returns the series of one metric. */
async function getSeriesOf(metric: string): Promise<Record<string, number>> {
  return Object.fromEntries([...(await getSeries())].filter(([series]) => series.split('{')[0] === metric));
}

describe('service metrics', () => {
  it('start at 0 for every result and reason, so that increase() counts the first event', async () => {
    expect(await getSeriesOf('samples_total')).toEqual({
      'samples_total{result="success"}': 1, // the scrape itself
      'samples_total{result="docker_not_found"}': 0,
      'samples_total{result="docker_unreachable"}': 0,
      'samples_total{result="docker_timeout"}': 0,
      'samples_total{result="docker_unsupported"}': 0,
      'samples_total{result="docker_failed"}': 0,
      'samples_total{result="internal"}': 0,
    });
    expect(await getSeriesOf('skipped_rows_total')).toEqual({
      'skipped_rows_total{reason="restarting"}': 0,
      'skipped_rows_total{reason="starting"}': 0,
      'skipped_rows_total{reason="no_reading"}': 0,
      'skipped_rows_total{reason="timed_out"}': 0,
      'skipped_rows_total{reason="malformed"}': 0,
    });
    expect(await getSeriesOf('processes_killed_total')).toEqual({
      'processes_killed_total{reason="deadline"}': 0,
      'processes_killed_total{reason="output_limit"}': 0,
      'processes_killed_total{reason="abort"}': 0,
    });
    expect(await getSeriesOf('auth_failures_total')).toEqual({ auth_failures_total: 0 });
    expect(await getSeriesOf('shared_reads_total')).toEqual({ shared_reads_total: 0 });
  });

  it('count requests by route, status and key', async () => {
    await test.get('/stats').expect(200);
    await test.get('/stats?view=full').expect(200);
    await test.client.head('/stats').set('X-API-Key', KEY).expect(200);
    await test.get('/stats?view=none').expect(400);
    await test.client.get('/stats').expect(401);
    await test.client.post('/stats').expect(405);
    await test.get('/containers/my-app/stats').expect(200);
    await test.get('/containers/secret/stats').expect(404);
    await test.client.get('/health/live').expect(200);
    await test.get('/nowhere').expect(404);
    expect(await getSeriesOf('http_requests_total')).toEqual({
      'http_requests_total{route="/stats",status="200",key="team"}': 3,
      'http_requests_total{route="/stats",status="400",key="team"}': 1,
      'http_requests_total{route="/stats",status="401",key=""}': 1,
      'http_requests_total{route="/stats",status="405",key=""}': 1,
      'http_requests_total{route="/containers/:reference/stats",status="200",key="team"}': 1,
      'http_requests_total{route="/containers/:reference/stats",status="404",key="team"}': 1,
      'http_requests_total{route="/health/live",status="200",key=""}': 1,
      'http_requests_total{route="unmatched",status="404",key=""}': 1,
    });
    expect(await getSeriesOf('http_requests_total')).toMatchObject({
      'http_requests_total{route="/metrics",status="200",key="team"}': 1,
    });
  });

  it('count a request as aborted if the client disconnects before the response', async () => {
    const end = holdRun();
    const socket = connect(Number(new URL(await test.app.getUrl()).port), '127.0.0.1');
    socket.write(`GET /stats HTTP/1.1\r\nHost: x\r\nX-API-Key: ${KEY}\r\n\r\n`);
    await expect.poll(() => test.runner.statsRuns).toBe(1);
    socket.destroy();
    await once(socket, 'close');
    end();
    await expect
      .poll(() => getSeriesOf('http_requests_total'))
      .toMatchObject({ 'http_requests_total{route="/stats",status="aborted",key="team"}': 1 });
  });

  it('count failed authentications, including those that get 429', async () => {
    const own = await bootApp({ AUTH_FAILURES_PER_MINUTE: '2', STATS_IDLE_AFTER_MS: '0' });
    const statuses = [];
    for (let n = 0; n < 3; n++) statuses.push((await own.client.get('/stats?api_key=wrong')).status);
    expect(statuses).toEqual([401, 401, 429]);
    const { text } = await own.get('/metrics').expect(200);
    expect(text).toMatch(/^docker_stats_api_auth_failures_total 3$/m);
    expect(text).toMatch(/^docker_stats_api_http_requests_total\{route="\/stats",status="429",key=""\} 1$/m);
    expect(text).not.toContain('wrong');
    await own.app.close();
  });

  it('count skipped rows by reason', async () => {
    test.runner.stats = {
      stdout: row() + placeholderRow('0123456789ab') + placeholderRow('ab') + 'no row\n',
    };
    expect(await getSeriesOf('skipped_rows_total')).toMatchObject({
      'skipped_rows_total{reason="no_reading"}': 2,
      'skipped_rows_total{reason="malformed"}': 1,
      'skipped_rows_total{reason="restarting"}': 0,
    });
  });

  it('count the duration of samples in a histogram', async () => {
    test.runner.stats = { stdout: row(), durationMs: 2250 };
    const series = await getSeries();
    const buckets = [...series].filter(([name]) => name.startsWith('sample_duration_seconds_bucket'));
    expect(buckets.map(([name, count]) => `${/le="(.*)"/.exec(name)?.[1]}: ${count}`)).toEqual([
      '1: 0',
      '1.5: 0',
      '2: 0',
      '2.5: 1',
      '3: 1',
      '4: 1',
      '5: 1',
      '7.5: 1',
      '10: 1',
      '15: 1',
      '30: 1',
      '+Inf: 1',
    ]);
    expect(series.get('sample_duration_seconds_sum')).toBe(2.25);
    expect(series.get('sample_duration_seconds_count')).toBe(1);
  });

  it('report the age of the latest sample, even after docker fails', async () => {
    const { get, runner } = test;
    await get('/stats').expect(200);
    const first = (await getSeries()).get('sample_age_seconds') ?? NaN;
    runner.stats = { exitCode: 1 };
    await get('/stats').set('Cache-Control', 'no-cache').expect(500);
    const second = (await getSeries()).get('sample_age_seconds') ?? NaN;
    expect(first).toBeGreaterThan(0);
    expect(second).toBeGreaterThan(first);
    expect(second).toBeLessThan(60);
  });

  it('count the requests that waited for a run in progress', async () => {
    let sharedReads = 0;
    getSampler(test.app).observe({ onSharedRead: () => sharedReads++ });
    const end = holdRun();
    const requests = ['/stats', '/stats', '/containers/my-app/stats'].map(
      async (path) => (await test.get(path)).status,
    );
    await expect.poll(() => sharedReads).toBe(2);
    end();
    expect(await Promise.all(requests)).toEqual([200, 200, 200]);
    await test.get('/stats').expect(200); // from the current sample
    for (let scrape = 0; scrape < 2; scrape++) {
      expect(await getSeriesOf('shared_reads_total')).toEqual({ shared_reads_total: 2 });
    }
    expect(await getSeriesOf('samples_total')).toMatchObject({ 'samples_total{result="success"}': 1 });
  });

  it('count killed docker processes by reason', async () => {
    Object.assign(test.runner.killed, { deadline: 3, output_limit: 2, abort: 1 });
    for (let n = 0; n < 2; n++) {
      expect(await getSeriesOf('processes_killed_total')).toEqual({
        'processes_killed_total{reason="deadline"}': 3,
        'processes_killed_total{reason="output_limit"}': 2,
        'processes_killed_total{reason="abort"}': 1,
      });
    }
  });

  it('report the number of open streams', async () => {
    const url = `${await test.app.getUrl()}/stats/stream`;
    const streams = [
      await EventStream.open(url, { 'X-API-Key': KEY }),
      await EventStream.open(url, { 'X-API-Key': KEY }),
    ];
    expect(await getSeriesOf('streams_open')).toEqual({ streams_open: 2 });
    streams.forEach((stream) => stream.close());
    await expect.poll(() => getSeriesOf('streams_open')).toEqual({ streams_open: 0 });
    expect(await getSeriesOf('http_requests_total')).toMatchObject({
      'http_requests_total{route="/stats/stream",status="200",key="team"}': 2,
    });
  });

  it('report CPU, start time, memory and file descriptors of the process', async () => {
    const first = await getSeries();
    const { user, system } = process.cpuUsage();
    expect(first.get('process_cpu_seconds_total')).toBeCloseTo((user + system) / 1e6, -1);
    expect(first.get('process_start_time_seconds')).toBeCloseTo(Date.now() / 1000 - process.uptime(), -0.3);
    expect(first.get('process_resident_memory_bytes')).toBeGreaterThan(30e6);
    expect(first.get('nodejs_heap_size_used_bytes')).toBeGreaterThan(5e6);
    expect(first.get('process_open_fds')).toBeGreaterThan(5);
    expect(first.get('process_open_fds')).toBeLessThan(first.get('process_max_fds') ?? 0);
  });

  it('report the event loop delay from the second scrape on', async () => {
    const names = ['mean', 'p99', 'max'].map((figure) => `nodejs_eventloop_lag_${figure}_seconds`);
    const first = await getSeries();
    expect(names.filter((name) => first.has(name))).toEqual([]);
    await expect
      .poll(async () => {
        const series = await getSeries();
        return names.map((name) => typeof series.get(name));
      })
      .toEqual(['number', 'number', 'number']);
  });

  it('are separate for two services in one process', async () => {
    const other = await bootApp({ STATS_IDLE_AFTER_MS: '0' });
    await other.get('/stats').expect(200);
    expect(await getSeriesOf('http_requests_total')).toEqual({});
    await other.app.close();
  });
});
