import type { Test } from 'supertest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandError } from '../../../src/command/command.error.js';
import { psRow, row } from '../../support/docker/docker-rows.js';
import { failure, FakeCommandRunner } from '../../support/docker/fake-command-runner.js';
import { parseMetrics, parseSeries } from '../../support/prometheus/served-metrics.js';
import { FakeClock } from '../../support/sampling/fake-clock.js';
import { bootApp, KEY, type TestApp } from '../../support/service/test-app.js';

const SCOPED_KEY = 'web-key-0123456789';
const ID = '0123456789ab'.padEnd(64, '0');

let test: TestApp<FakeCommandRunner>;
beforeEach(async () => {
  test = await bootApp({
    API_KEYS: `all:${KEY},web:${SCOPED_KEY};containers=web-*`,
    STATS_IDLE_AFTER_MS: '0', // no background runs
  });
  test.runner.stats = { stdout: row() };
});
afterEach(() => test.app.close());

function scrape(): Test {
  return test.get('/metrics').expect(200);
}

function scrapeWithScope(): Test {
  return test.client.get('/metrics').set('X-API-Key', SCOPED_KEY).expect(200);
}

/** Makes the next run wait; the returned function ends it with a container. */
function holdRun(): () => void {
  let end: (() => void) | undefined;
  test.runner.stats = new Promise<object>((resolve) => (end = () => resolve({ stdout: row() })));
  return () => end?.();
}

/** Returns the lines with container metrics. */
async function getContainerLines(request = scrape()): Promise<string[]> {
  const { text } = await request;
  return text.split('\n').filter((line) => line.startsWith('docker_container_'));
}

/** Returns the names of the containers in a response. */
async function getContainerNames(request = scrape()): Promise<string[]> {
  const names = (await getContainerLines(request)).map((line) => /name="([^"]*)"/.exec(line)?.[1] ?? line);
  return [...new Set(names)];
}

describe('GET /metrics', () => {
  it('returns who a container is, and every figure in base units, with name and id as labels', async () => {
    test.runner.ps = { stdout: psRow({ Status: 'Up 5 minutes (unhealthy)' }) };
    const { text } = await scrape();
    const figures = text.slice(0, text.indexOf('# HELP docker_up '));
    const labels = `name="my-app",id="${ID}"`;
    expect(figures.replace(/^# HELP .*\n/gm, '')).toBe(
      [
        '# TYPE docker_container_info gauge',
        `docker_container_info{${labels},image="nginx:1.29",project="shop",service="web"} 1`,
        '# TYPE docker_container_state gauge',
        `docker_container_state{${labels},state="running"} 1`,
        `docker_container_state{${labels},state="paused"} 0`,
        `docker_container_state{${labels},state="restarting"} 0`,
        '# TYPE docker_container_health gauge',
        `docker_container_health{${labels},health="healthy"} 0`,
        `docker_container_health{${labels},health="unhealthy"} 1`,
        `docker_container_health{${labels},health="starting"} 0`,
        '# TYPE docker_container_created_timestamp_seconds gauge',
        `docker_container_created_timestamp_seconds{${labels}} 1795519739`,
        '# TYPE docker_container_cpu_usage_ratio gauge',
        `docker_container_cpu_usage_ratio{${labels}} 0.1245`,
        '# TYPE docker_container_memory_usage_bytes gauge',
        `docker_container_memory_usage_bytes{${labels}} 107898470`,
        '# TYPE docker_container_memory_limit_bytes gauge',
        `docker_container_memory_limit_bytes{${labels}} 1073741824`,
        '# TYPE docker_container_network_io_bytes_total counter',
        `docker_container_network_io_bytes_total{${labels},direction="receive"} 1020`,
        `docker_container_network_io_bytes_total{${labels},direction="transmit"} 0`,
        '# TYPE docker_container_disk_io_bytes_total counter',
        `docker_container_disk_io_bytes_total{${labels},direction="read"} 1000000`,
        `docker_container_disk_io_bytes_total{${labels},direction="write"} 2000000`,
        '# TYPE docker_container_pids gauge',
        `docker_container_pids{${labels}} 7`,
        '# TYPE docker_container_skipped gauge',
        '',
      ].join('\n'),
    );
  });

  it('returns the Prometheus text format with Cache-Control: no-store', async () => {
    await scrape()
      .expect('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
      .expect('Cache-Control', 'no-store')
      .expect('Vary', 'Accept-Encoding, Authorization, Origin, X-API-Key')
      .expect(/^docker_up 1$/m);
  });

  it('says in the help of sizes that docker rounds them', async () => {
    const sizes = parseMetrics((await scrape()).text).filter(({ name }) =>
      /^docker_container_.*_bytes/.test(name),
    );
    expect(sizes.map(({ help }) => help.includes('docker rounds'))).toEqual([true, true, true, true]);
  });

  it('is compressed if the client accepts gzip, as Prometheus does', async () => {
    const url = `${await test.app.getUrl()}/metrics`;
    const compressed = await fetch(url, { headers: { 'X-API-Key': KEY, 'Accept-Encoding': 'gzip' } });
    expect(compressed.headers.get('Content-Encoding')).toBe('gzip');
    expect(await compressed.text()).toContain('\ndocker_up 1\n');
    const plain = await test.get('/metrics').set('Accept-Encoding', 'identity').expect(200);
    expect(plain.headers).not.toHaveProperty('content-encoding');
  });

  it('responds to HEAD with the headers only', async () => {
    const { headers, text: body } = await test.client.head('/metrics').set('X-API-Key', KEY).expect(200);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(Number(headers['content-length'])).toBeGreaterThan(1000);
    expect(body).toBeUndefined();
  });

  it('requires a key, in any of the three forms', async () => {
    await test.client.get('/metrics').expect(401);
    await test.client.get('/metrics').set('Authorization', `Bearer ${KEY}`).expect(200);
    await test.client.get(`/metrics?api_key=${KEY}`).expect(200);
    await test.get('/metrics?name=web').expect(400);
  });

  it('has no series for a missing figure', async () => {
    test.runner.stats = {
      stdout: row({ MemUsage: '102.9MiB', MemPerc: '--', PIDs: '--', NetIO: '1kB / --', BlockIO: '-- / --' }),
    };
    expect((await getContainerLines()).map((line) => line.replace(/name.*",?/, ''))).toEqual([
      'docker_container_info{} 1',
      'docker_container_cpu_usage_ratio{} 0.1245',
      'docker_container_memory_usage_bytes{} 107898470',
      'docker_container_network_io_bytes_total{} 1000',
    ]);
  });

  it('has separate series for containers of the same name, and no duplicates', async () => {
    const other = 'f'.repeat(64);
    test.runner.stats = { stdout: row() + row({ ID: other, CPUPerc: '1%' }) + row() };
    expect((await getContainerLines()).filter((line) => line.includes('cpu'))).toEqual([
      `docker_container_cpu_usage_ratio{name="my-app",id="${ID}"} 0.1245`,
      `docker_container_cpu_usage_ratio{name="my-app",id="${other}"} 0.01`,
    ]);
  });

  it('has no series for the health of a container without a health check', async () => {
    test.runner.ps = { stdout: psRow({ Status: 'Up 5 minutes (Paused)' }) };
    const lines = await getContainerLines();
    expect(lines).toContain(`docker_container_state{name="my-app",id="${ID}",state="paused"} 1`);
    expect(lines.filter((line) => line.includes('health'))).toEqual([]);
  });

  it('shows a restarting container, although it has no figures', async () => {
    const id = 'e'.repeat(64);
    test.runner.stats = { stdout: row() + row({ ID: id, Name: 'loop', MemUsage: '0B / 0B', PIDs: '0' }) };
    test.runner.ps = {
      stdout: psRow() + psRow({ ID: id, Names: 'loop', Status: 'Restarting (1) 3 seconds ago' }),
    };
    expect((await getContainerLines()).filter((line) => line.includes('name="loop"'))).toEqual([
      `docker_container_info{name="loop",id="${id}",project="shop"} 1`,
      `docker_container_state{name="loop",id="${id}",state="running"} 0`,
      `docker_container_state{name="loop",id="${id}",state="paused"} 0`,
      `docker_container_state{name="loop",id="${id}",state="restarting"} 1`,
      `docker_container_skipped{name="loop",id="${id}",project="shop",reason="restarting"} 1`,
    ]);
  });

  it('reports no stopped container as restarting if docker ps fails', async () => {
    test.runner.stats = {
      stdout: row() + row({ ID: 'e'.repeat(64), Name: 'stopped', MemUsage: '0B / 0B', PIDs: '0' }),
    };
    expect(await getContainerNames()).toEqual(['my-app']);
  });

  it('escapes special characters in labels', async () => {
    const value = 'a"b\\c\nd';
    test.runner.stats = { stdout: row({ Name: value }) };
    test.runner.ps = { stdout: psRow({ Image: value }) };
    expect((await getContainerLines())[0]).toMatch(
      /^docker_container_info\{name="a\\"b\\\\c\\nd",id="\w+",image="a\\"b\\\\c\\nd",/,
    );
  });

  it('prints a ratio without rounding noise', async () => {
    test.runner.stats = { stdout: row({ CPUPerc: '10.83%' }) };
    expect((await getContainerLines()).find((line) => line.includes('cpu'))).toMatch(/ 0\.1083$/);
  });

  it('drops containers that have stopped', async () => {
    test.runner.stats = { stdout: row() + row({ Name: 'job', ID: 'b'.repeat(64) }) };
    expect(await getContainerNames()).toEqual(['job', 'my-app']);
    test.runner.stats = { stdout: row() };
    expect(await getContainerNames(scrape().set('Cache-Control', 'no-cache'))).toEqual(['my-app']);
    test.runner.stats = {};
    const { text: none } = await scrape().set('Cache-Control', 'no-cache');
    expect(none).toMatch(/^docker_up 1$/m);
    expect(none).not.toContain('docker_container_pids{');
  });

  it('returns the current sample, and waits for one if there is none', async () => {
    const end = holdRun();
    const first = getContainerNames();
    const second = getContainerNames();
    await expect.poll(() => test.runner.statsRuns).toBe(1);
    end();
    expect([await first, await second, await getContainerNames()]).toEqual([
      ['my-app'],
      ['my-app'],
      ['my-app'],
    ]);
    expect(test.runner.statsRuns).toBe(1);
  });

  it('finds a sample that was taken for it, from the fourth scrape on', async () => {
    const clock = new FakeClock();
    const own = await bootApp({}, { runner: new FakeCommandRunner(), clock });
    own.runner.stats = { stdout: row() };
    for (let n = 0; n < 4; n++) {
      await own.get('/metrics').expect(200); // oxlint-disable-line no-await-in-loop -- one scrape after the other
      await clock.advance(15_000); // oxlint-disable-line no-await-in-loop -- the same
    }
    const series = parseSeries((await own.get('/metrics')).text);
    expect(series.get('docker_stats_api_sample_starts_total{reason="request"}')).toBe(3);
    expect(series.get('docker_stats_api_sample_starts_total{reason="planned"}')).toBe(2);
    expect(series.get('docker_stats_api_planned_sample_lead_seconds_count')).toBe(2);
    expect(series.get('docker_stats_api_planned_samples_unused_total')).toBe(0);
    expect(series.get('docker_stats_api_polling_clients')).toBe(1);
    await own.app.close();
  });
});

describe('GET /metrics, if docker fails,', () => {
  it.each([
    [failure('Cannot connect to the Docker daemon'), 'docker_unreachable'],
    [failure('who knows'), 'docker_failed'],
    [new CommandError('command_not_found', 'docker could not be started'), 'docker_not_found'],
    [{ timedOut: true }, 'docker_timeout'],
  ])('reports docker_up 0 and the error code, without container metrics (%#)', async (output, code) => {
    await getContainerNames();
    test.runner.stats = output;
    const { text: body } = await scrape().set('Cache-Control', 'no-cache');
    const series = parseSeries(body);
    expect(series.get('docker_up')).toBe(0);
    expect(series.get(`docker_stats_api_samples_total{result="${code}"}`)).toBe(1);
    expect(series.get('docker_stats_api_samples_total{result="success"}')).toBe(1);
    expect(series.get('docker_stats_api_sample_age_seconds')).toBeGreaterThan(0);
    expect(body).not.toContain('docker_container_');
  });

  it('reports docker_up 0 to scrapes that waited, but docker_up 1 to a scrape that used the current sample', async () => {
    await scrape();
    let fail: (() => void) | undefined;
    test.runner.stats = new Promise((resolve) => (fail = () => resolve(failure('no'))));
    const waiting = scrape()
      .set('Cache-Control', 'no-cache')
      .then((response) => response.text);
    await expect.poll(() => test.runner.statsRuns).toBe(2);
    const { text: current } = await scrape();
    fail?.();
    expect(parseSeries(current).get('docker_up')).toBe(1);
    expect(current).toContain('docker_container_pids{');
    expect(parseSeries(await waiting).get('docker_up')).toBe(0);
    expect(await waiting).not.toContain('docker_container_');
  });

  it('has no sample age before the first sample', async () => {
    test.runner.stats = failure('no');
    expect(parseSeries((await scrape()).text).has('docker_stats_api_sample_age_seconds')).toBe(false);
  });

  it('responds before the scrape timeout of Prometheus', async () => {
    test.runner.stats = new Promise(() => undefined);
    const { text: body } = await scrape().set('X-Prometheus-Scrape-Timeout-Seconds', '0.2').timeout(5000);
    expect(parseSeries(body).get('docker_up')).toBe(0);
    test.runner.stats = {};
  });

  it('responds with 500 to an internal error, and counts it', async () => {
    test.runner.stats = new Error('a bug');
    await test
      .get('/metrics')
      .expect(500, { statusCode: 500, code: 'internal', message: 'Internal server error' });
    test.runner.stats = { stdout: row() };
    await expect // the error is returned for a second
      .poll(async () => (await test.get('/metrics')).text)
      .toMatch(/^docker_stats_api_samples_total\{result="internal"\} 1$/m);
  });
});

describe('GET /metrics with a key that has a scope', () => {
  it('returns the containers of the scope, and no metrics about other keys', async () => {
    test.runner.stats = { stdout: row() + row({ Name: 'web-1', ID: 'b'.repeat(64) }) };
    const { text: body } = await scrapeWithScope();
    expect(await getContainerNames(scrapeWithScope())).toEqual(['web-1']);
    expect(parseMetrics(body).map(({ name }) => name)).toEqual([
      'docker_container_info',
      'docker_container_state',
      'docker_container_health',
      'docker_container_created_timestamp_seconds',
      'docker_container_cpu_usage_ratio',
      'docker_container_memory_usage_bytes',
      'docker_container_memory_limit_bytes',
      'docker_container_network_io_bytes_total',
      'docker_container_disk_io_bytes_total',
      'docker_container_pids',
      'docker_container_skipped',
      'docker_up',
      'docker_stats_api_sample_age_seconds',
      'docker_stats_api_build_info',
    ]);
    expect(await getContainerNames()).toEqual(['my-app', 'web-1']);
  });

  it('reports docker_up 0 if docker fails', async () => {
    test.runner.stats = failure('no');
    expect([...parseSeries((await scrapeWithScope()).text).keys()]).toEqual([
      'docker_up',
      expect.stringMatching(
        /^docker_stats_api_build_info\{version="\d+\.\d+\.\d+",node_version="v\d+\.\d+\.\d+"\}$/,
      ),
    ]);
  });
});
