import type { Test } from 'supertest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandError } from '../../src/command/command.error.js';
import { row } from '../support/docker-rows.js';
import { failure, type FakeCommandRunner } from '../support/fake-command-runner.js';
import { metricsIn, seriesIn } from '../support/served-metrics.js';
import { bootApp, KEY, type TestApp } from '../support/test-app.js';

const SCOPED_KEY = 'web-key-0123456789';
const ID = '0123456789ab'.padEnd(64, '0');

let test: TestApp<FakeCommandRunner>;
beforeEach(async () => {
  test = await bootApp({
    API_KEYS: `all:${KEY},web:${SCOPED_KEY};containers=web-*`,
    STATS_IDLE_AFTER_MS: '0', // no run but those that somebody waits for
  });
  test.runner.stats = { stdout: row() };
});
afterEach(() => test.app.close());

function scrape(): Test {
  return test.get('/metrics').expect(200);
}

function scrapeInScope(): Test {
  return test.client.get('/metrics').set('X-API-Key', SCOPED_KEY).expect(200);
}

/** Makes the next run wait; the returned function ends it with a container. */
function holdRun(): () => void {
  let end: (() => void) | undefined;
  test.runner.stats = new Promise<object>((resolve) => (end = () => resolve({ stdout: row() })));
  return () => end?.();
}

/** The lines of an answer that tell of containers. */
async function containerLines(request = scrape()): Promise<string[]> {
  const answer = await request;
  return answer.text.split('\n').filter((line) => line.startsWith('docker_container_'));
}

/** The names of the containers in an answer. */
async function containerNames(request = scrape()): Promise<string[]> {
  const names = (await containerLines(request)).map((line) => /name="([^"]*)"/.exec(line)?.[1] ?? line);
  return [...new Set(names)];
}

describe('GET /metrics', () => {
  it('gives every figure of a container, in base units, by name and id', async () => {
    const answer = await scrape();
    const figures = answer.text.slice(0, answer.text.indexOf('# HELP docker_up '));
    const labels = `name="my-app",id="${ID}"`;
    expect(figures.replace(/^# HELP .*\n/gm, '')).toBe(
      [
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
        '',
      ].join('\n'),
    );
  });

  it('answers in the text format of Prometheus, for nobody to keep', async () => {
    await scrape()
      .expect('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
      .expect('Cache-Control', 'no-store')
      .expect('Vary', 'Accept-Encoding, Authorization, Origin, X-API-Key')
      .expect(/^docker_up 1$/m);
  });

  it('says in the HELP of sizes that docker has rounded them', async () => {
    const sizes = metricsIn((await scrape()).text).filter(({ name }) =>
      /^docker_container_.*_bytes/.test(name),
    );
    expect(sizes.map(({ help }) => help.includes('docker rounds'))).toEqual([true, true, true, true]);
  });

  it('is compressed for a client that asks for it, as Prometheus does', async () => {
    const url = `${await test.app.getUrl()}/metrics`;
    const answer = await fetch(url, { headers: { 'X-API-Key': KEY, 'Accept-Encoding': 'gzip' } });
    expect(answer.headers.get('Content-Encoding')).toBe('gzip');
    expect(await answer.text()).toContain('\ndocker_up 1\n');
    const plain = await test.get('/metrics').set('Accept-Encoding', 'identity').expect(200);
    expect(plain.headers).not.toHaveProperty('content-encoding');
  });

  it('answers HEAD with the same headers', async () => {
    const { headers, text: body } = await test.client.head('/metrics').set('X-API-Key', KEY).expect(200);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(Number(headers['content-length'])).toBeGreaterThan(1000);
    expect(body).toBeUndefined();
  });

  it('needs a key, in any of the three forms', async () => {
    await test.client.get('/metrics').expect(401);
    await test.client.get('/metrics').set('Authorization', `Bearer ${KEY}`).expect(200);
    await test.client.get(`/metrics?api_key=${KEY}`).expect(200);
    await test.get('/metrics?name=web').expect(400);
  });

  it('has no series for a figure that docker does not give', async () => {
    test.runner.stats = {
      stdout: row({ MemUsage: '102.9MiB', MemPerc: '--', PIDs: '--', NetIO: '1kB / --', BlockIO: '-- / --' }),
    };
    expect((await containerLines()).map((line) => line.replace(/name.*",?/, ''))).toEqual([
      'docker_container_cpu_usage_ratio{} 0.1245',
      'docker_container_memory_usage_bytes{} 107898470',
      'docker_container_network_io_bytes_total{} 1000',
    ]);
  });

  it('tells containers of the same name apart, and has no series twice', async () => {
    const other = 'f'.repeat(64);
    test.runner.stats = { stdout: row() + row({ ID: other, CPUPerc: '1%' }) + row() };
    expect((await containerLines()).filter((line) => line.includes('cpu'))).toEqual([
      `docker_container_cpu_usage_ratio{name="my-app",id="${ID}"} 0.1245`,
      `docker_container_cpu_usage_ratio{name="my-app",id="${other}"} 0.01`,
    ]);
  });

  it('escapes what would end a label', async () => {
    test.runner.stats = { stdout: row({ Name: 'a"b\\c\nd' }) };
    expect((await containerLines())[0]).toContain(String.raw`{name="a\"b\\c\nd",id="`);
  });

  it('prints a ratio in as many digits as docker', async () => {
    test.runner.stats = { stdout: row({ CPUPerc: '10.83%' }) };
    expect((await containerLines())[0]).toMatch(/ 0\.1083$/);
  });

  it('forgets the containers that are gone', async () => {
    test.runner.stats = { stdout: row() + row({ Name: 'job' }) };
    expect(await containerNames()).toEqual(['job', 'my-app']);
    test.runner.stats = { stdout: row() };
    expect(await containerNames(scrape().set('Cache-Control', 'no-cache'))).toEqual(['my-app']);
    test.runner.stats = {};
    const { text: none } = await scrape().set('Cache-Control', 'no-cache');
    expect(none).toMatch(/^docker_up 1$/m);
    expect(none).not.toContain('docker_container_pids{');
  });

  it('takes the sample at hand, and waits for one where there is none', async () => {
    const end = holdRun();
    const first = containerNames();
    const second = containerNames();
    await expect.poll(() => test.runner.statsRuns).toBe(1);
    end();
    expect([await first, await second, await containerNames()]).toEqual([['my-app'], ['my-app'], ['my-app']]);
    expect(test.runner.statsRuns).toBe(1);
  });

  it('is demand: the next sample is taken before anybody asks for it', async () => {
    const own = await bootApp({
      STATS_IDLE_AFTER_MS: '60000',
      STATS_INTERVAL_MS: '100',
    });
    await own.get('/metrics').expect(200);
    await expect.poll(() => own.runner.statsRuns).toBeGreaterThan(2);
    await own.app.close();
  });
});

describe('where docker fails', () => {
  it.each([
    [failure('Cannot connect to the Docker daemon'), 'docker_unreachable'],
    [failure('who knows'), 'docker_failed'],
    [new CommandError('command_not_found', 'docker could not be started'), 'docker_not_found'],
    [{ timedOut: true }, 'docker_timeout'],
  ])('GET /metrics says so, and tells of the service alone (%#)', async (answer, code) => {
    await containerNames();
    test.runner.stats = answer;
    const { text: body } = await scrape().set('Cache-Control', 'no-cache');
    const series = seriesIn(body);
    expect(series.get('docker_up')).toBe(0);
    expect(series.get(`docker_stats_api_samples_total{result="${code}"}`)).toBe(1);
    expect(series.get('docker_stats_api_samples_total{result="success"}')).toBe(1);
    expect(series.get('docker_stats_api_sample_age_seconds')).toBeGreaterThan(0);
    expect(body).not.toContain('docker_container_');
  });

  it('says so of the scrapes that wait for docker, and not of one that takes the sample at hand', async () => {
    await scrape();
    let fail: (() => void) | undefined;
    test.runner.stats = new Promise((resolve) => (fail = () => resolve(failure('no'))));
    const waiting = scrape()
      .set('Cache-Control', 'no-cache')
      .then((answer) => answer.text);
    await expect.poll(() => test.runner.statsRuns).toBe(2);
    const { text: atHand } = await scrape();
    fail?.();
    expect(seriesIn(atHand).get('docker_up')).toBe(1);
    expect(atHand).toContain('docker_container_pids{');
    expect(seriesIn(await waiting).get('docker_up')).toBe(0);
    expect(await waiting).not.toContain('docker_container_');
  });

  it('has no age before there is a sample', async () => {
    test.runner.stats = failure('no');
    expect(seriesIn((await scrape()).text).has('docker_stats_api_sample_age_seconds')).toBe(false);
  });

  it('does not wait for docker longer than Prometheus waits for the answer', async () => {
    test.runner.stats = new Promise(() => undefined);
    const { text: body } = await scrape().set('X-Prometheus-Scrape-Timeout-Seconds', '0.2').timeout(5000);
    expect(seriesIn(body).get('docker_up')).toBe(0);
    test.runner.stats = {};
  });

  it('is an error of the service where the fault is ours', async () => {
    test.runner.stats = new Error('a bug');
    await test
      .get('/metrics')
      .expect(500, { statusCode: 500, code: 'internal', message: 'Internal server error' });
    test.runner.stats = { stdout: row() };
    await expect // an error is kept for a second
      .poll(async () => (await test.get('/metrics')).text)
      .toMatch(/^docker_stats_api_samples_total\{result="internal"\} 1$/m);
  });
});

describe('a key with a scope', () => {
  it('gets its containers, and nothing that tells of others', async () => {
    test.runner.stats = { stdout: row() + row({ Name: 'web-1', ID: 'b'.repeat(64) }) };
    const { text: body } = await scrapeInScope();
    expect(await containerNames(scrapeInScope())).toEqual(['web-1']);
    expect(metricsIn(body).map(({ name }) => name)).toEqual([
      'docker_container_cpu_usage_ratio',
      'docker_container_memory_usage_bytes',
      'docker_container_memory_limit_bytes',
      'docker_container_network_io_bytes_total',
      'docker_container_disk_io_bytes_total',
      'docker_container_pids',
      'docker_up',
      'docker_stats_api_sample_age_seconds',
      'docker_stats_api_build_info',
    ]);
    expect(await containerNames()).toEqual(['my-app', 'web-1']);
  });

  it('is told that docker fails', async () => {
    test.runner.stats = failure('no');
    expect([...seriesIn((await scrapeInScope()).text).keys()]).toEqual([
      'docker_up',
      expect.stringMatching(
        /^docker_stats_api_build_info\{version="\d+\.\d+\.\d+",node_version="v\d+\.\d+\.\d+"\}$/,
      ),
    ]);
  });
});
