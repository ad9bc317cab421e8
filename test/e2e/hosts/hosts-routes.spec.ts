import { type FullStats, type HostStatus, StatsClient } from 'docker-stats-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { row } from '../../support/docker/docker-rows.js';
import type { HostsCommandRunner } from '../../support/hosts/hosts-command-runner.js';
import { APP_ID, bootHosts, createHosts, DOWN, HOSTS, WEB_KEY } from '../../support/hosts/hosts-scene.js';
import { KEY, type TestApp } from '../../support/service/test-app.js';

let test: TestApp<HostsCommandRunner>;
beforeEach(async () => {
  test = await bootHosts(createHosts());
});
afterEach(() => test.app.close());

describe('docker-stats-client', () => {
  function createClient(): StatsClient {
    return new StatsClient({ baseUrl: url, apiKey: KEY, maxRetries: 0 });
  }
  let url: string;
  beforeEach(async () => {
    url = await test.app.getUrl();
  });

  it('reads the containers and the history of a host', async () => {
    const client = createClient();
    expect(await client.stats({ host: ['web2', 'db1'], sort: 'name' })).toMatchObject([
      { host: 'web2', name: 'app' },
      { host: 'db1', name: 'db' },
    ]);
    expect(await client.container('app', { host: 'web2' })).toMatchObject({ host: 'web2', cpuUsage: 50 });
    await expect(client.container('app')).rejects.toMatchObject({ code: 'invalid_request' });
    expect(await client.containerHistory('app', { host: 'web2', fields: ['cpuUsage'] })).toMatchObject({
      containers: [{ cpuUsage: [50] }],
    });
    expect(await client.history({ host: 'web2', fields: ['cpuUsage'] })).toMatchObject({
      hosts: [{ name: 'web2', sampledAt: [expect.any(String)] }],
      containers: [{ host: 'web2', cpuUsage: [50] }],
    });
    await expect(client.containerHistory('app', { host: '..' })).rejects.toThrow(RangeError);
  });

  it('reads the states of the hosts', async () => {
    test.runner.get('tcp://db1').stats = DOWN;
    test.runner.get('tcp://db1').version = DOWN;
    const client = createClient();
    expect(await client.hosts({ host: ['web1', 'db1'] })).toMatchObject([
      { name: 'web1', state: 'up' },
      { name: 'db1', state: 'down' },
    ]);
    const up = { ready: true, dockerVersion: '28.2.2' };
    expect(await client.ready()).toMatchObject({
      ...up,
      hosts: { web1: up, web2: up, db1: { ready: false, code: 'docker_unreachable' } },
    });
  });
});

describe('GET /hosts', () => {
  it('returns the state, version and number of containers of each host', async () => {
    test.runner.get('tcp://db1').stats = DOWN;
    test.runner.get('web2').version = { stdout: '20.10.24\n' };
    const { body } = await test.get('/hosts').expect(200).expect('Cache-Control', 'private, no-store');
    expect(body as HostStatus[]).toEqual([
      { name: 'web1', state: 'up', version: '28.2.2', containers: 2, error: null },
      { name: 'web2', state: 'up', version: '20.10.24', containers: 1, error: null },
      {
        name: 'db1',
        state: 'down',
        version: null,
        containers: null,
        error: {
          code: 'docker_unreachable',
          message: expect.stringContaining('To fix: start Docker') as string,
          since: expect.stringMatching(/Z$/) as string,
        },
      },
    ]);
  });

  it('returns only down hosts when all are down', async () => {
    for (const host of HOSTS) test.runner.get(host).stats = DOWN;
    const { body } = await test.get('/hosts?host=web*').expect(200);
    expect((body as HostStatus[]).map(({ name, state }) => [name, state])).toEqual([
      ['web1', 'down'],
      ['web2', 'down'],
    ]);
  });
});

describe('GET /metrics with several hosts', () => {
  it('has the label host in the series of containers and of sampling', async () => {
    test.runner.get('tcp://db1').stats = DOWN;
    const { text } = await test.get('/metrics').expect(200);
    const lines = text.split('\n');
    expect(lines).toContain(`docker_container_cpu_usage_ratio{host="web2",name="app",id="${APP_ID}"} 0.5`);
    expect(lines).toContain(`docker_container_cpu_usage_ratio{host="web1",name="app",id="${APP_ID}"} 0.1245`);
    expect(lines.filter((line) => line.startsWith('docker_up'))).toEqual([
      'docker_up{host="web1"} 1',
      'docker_up{host="web2"} 1',
      'docker_up{host="db1"} 0',
    ]);
    expect(lines).toContain('docker_stats_api_samples_total{host="db1",result="docker_unreachable"} 1');
    expect(lines).toContain('docker_stats_api_samples_total{host="web1",result="success"} 1');
  });

  it('has docker_up 0 of every host when all are down', async () => {
    for (const host of HOSTS) test.runner.get(host).stats = DOWN;
    const { text } = await test.get('/metrics').expect(200);
    expect(text.split('\n').filter((line) => line.startsWith('docker_up'))).toEqual([
      'docker_up{host="web1"} 0',
      'docker_up{host="web2"} 0',
      'docker_up{host="db1"} 0',
    ]);
  });
});

describe('GET /health/ready with several hosts', () => {
  const DB_DOWN = {
    web1: { status: 'up', version: '28.2.2' },
    web2: { status: 'up', version: '28.2.2' },
    db1: {
      status: 'down',
      code: 'docker_unreachable',
      reason: 'The Docker daemon is not running, or listens on another address',
    },
  };

  it('is ready while one host can be reached', async () => {
    test.runner.get('tcp://db1').version = DOWN;
    const { body } = await test.client.get('/health/ready').expect(200);
    expect(body).toMatchObject({ details: { docker: { status: 'up', hosts: DB_DOWN } } });
  });

  it('is not ready when no host can be reached', async () => {
    for (const host of HOSTS) test.runner.get(host).version = DOWN;
    await test.client.get('/health/ready').expect(503);
  });

  it('with READY_HOSTS=all is ready only while all hosts can be reached', async () => {
    await test.app.close();
    test = await bootHosts(test.runner, { READY_HOSTS: 'all', HEALTH_CACHE_MS: '0' });
    await test.client.get('/health/ready').expect(200);
    test.runner.get('tcp://db1').version = DOWN;
    const { body } = await test.client.get('/health/ready').expect(503);
    expect(body).toMatchObject({ error: { docker: { status: 'down', hosts: DB_DOWN } } });
  });
});

describe('Without DOCKER_HOSTS', () => {
  beforeEach(async () => {
    await test.app.close();
    test.runner.get('').stats = { stdout: row() };
    test = await bootHosts(test.runner, { DOCKER_HOSTS: '', API_KEYS: `all:${KEY},web:${WEB_KEY};hosts=*` });
  });

  it('responses do not name a host', async () => {
    const { body: full } = await test.get('/stats?view=full').expect(200);
    expect(full).not.toHaveProperty('hosts');
    expect((full as FullStats).containers[0]).not.toHaveProperty('host');
  });

  it.each([
    ['/stats?host=web1', 400],
    ['/stats/stream?host=web1', 400],
    ['/hosts', 404],
    ['/hosts/web1/containers/my-app/stats', 404],
    ['/hosts/web1/containers/my-app/stats/history', 404],
  ])('%s gets %i', async (path, status) => {
    await test.get(path).expect(status);
  });

  it('an API key with hosts gets 404', async () => {
    await test.client.get('/stats').set('X-API-Key', WEB_KEY).expect(404);
  });
});
