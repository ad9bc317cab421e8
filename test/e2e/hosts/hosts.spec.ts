import { type FullStats, type HostStatus, StatsClient } from 'docker-stats-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HostsCommandRunner } from '../../support/hosts/hosts-command-runner.js';
import { placeholderRow, row } from '../../support/docker/docker-rows.js';
import { failure } from '../../support/docker/fake-command-runner.js';
import { bootApp, KEY, type TestApp } from '../../support/service/test-app.js';

const DOWN = failure('Cannot connect to the Docker daemon at tcp://db1. Is the docker daemon running?');
const ID = 'a'.repeat(64);

const WEB_KEY = 'web-key-0123456789';
const OTHER_KEY = 'other-key-01234567';

let test: TestApp<HostsCommandRunner>;
beforeEach(async () => {
  const runner = new HostsCommandRunner();
  runner.get('web1').stats = {
    stdout: row({ Name: 'app', ID }) + row({ Name: 'cache', ID: 'c'.repeat(64) }),
  };
  runner.get('web2').stats = { stdout: row({ Name: 'app', ID, CPUPerc: '50.00%' }) };
  runner.get('tcp://db1').stats = { stdout: row({ Name: 'db', ID: 'd'.repeat(64) }) };
  await boot(runner);
});
afterEach(() => test.app.close());

async function boot(runner: HostsCommandRunner, env: Record<string, string> = {}): Promise<void> {
  test = await bootApp(
    {
      DOCKER_HOSTS: 'web1,web2,db1=tcp://db1',
      API_KEYS: `all:${KEY},web:${WEB_KEY};hosts=web*,other:${OTHER_KEY};hosts=x`,
      STATS_IDLE_AFTER_MS: '0', // no background runs
      ...env,
    },
    { runner },
  );
}

async function getFull(query = '', key = KEY): Promise<FullStats> {
  const path = `/stats?view=full${query}`;
  const { body } = await test.client.get(path).set('X-API-Key', key).expect(200);
  return body as FullStats;
}

function getNames({ containers }: FullStats): string[] {
  return containers.map(({ host, name }) => `${host} ${name}`);
}

describe('GET /stats with several hosts', () => {
  it('returns the containers of all hosts, sorted by host', async () => {
    const { body, headers } = await test.get('/stats').expect(200);
    expect(body).toEqual([
      { host: 'web1', name: 'app', cpuUsage: 12.45, memoryUsage: 102.9 },
      { host: 'web1', name: 'cache', cpuUsage: 12.45, memoryUsage: 102.9 },
      { host: 'web2', name: 'app', cpuUsage: 50, memoryUsage: 102.9 },
      { host: 'db1', name: 'db', cpuUsage: 12.45, memoryUsage: 102.9 },
    ]);
    expect(headers).not.toHaveProperty('x-skipped-hosts');
  });

  it('returns the time of each sample in the full view', async () => {
    const { hosts = [], sampledAt, ageMs, skipped } = await getFull();
    expect(hosts.map(({ name, error }) => [name, error])).toEqual([
      ['web1', null],
      ['web2', null],
      ['db1', null],
    ]);
    expect(skipped).toEqual([]);
    expect(sampledAt).toBe(hosts.map((host) => host.sampledAt ?? '').toSorted()[0]);
    expect(ageMs).toBe(Math.max(...hosts.map((host) => host.ageMs ?? 0)));
  });

  it('has a column for the host in CSV and in the table', async () => {
    const csv = await test.get('/stats?format=csv&host=db1').expect(200);
    expect(csv.text).toBe('host,name,cpuUsage,memoryUsage\r\ndb1,db,12.45,102.9\r\n');
    const table = await test.get('/stats?format=text&host=db1').expect(200);
    expect(table.text).toMatch(/^HOST +NAME +CPU % +MEM USAGE\ndb1 +db +12\.45%/);
  });

  it('returns the other hosts when one is down, and names it', async () => {
    test.runner.get('tcp://db1').stats = DOWN;
    const full = await getFull();
    expect(getNames(full)).toEqual(['web1 app', 'web1 cache', 'web2 app']);
    const since = expect.stringMatching(/^\d{4}-.*Z$/) as string;
    expect(full.skipped).toEqual([
      { host: 'db1', container: null, id: null, project: null, reason: 'docker_unreachable', since },
    ]);
    expect(full.hosts?.[2]).toEqual({
      name: 'db1',
      sampledAt: null,
      ageMs: null,
      error: {
        code: 'docker_unreachable',
        message: expect.stringMatching(/^The Docker daemon is not running/) as string,
        since,
      },
    });
    await test.get('/stats').expect(200).expect('X-Skipped-Hosts', 'db1');
    await test.get('/stats?format=text&view=full').expect(/\ndb1 +-- /);
  });

  it('fails with the error of the first host when all are down, and names the others', async () => {
    for (const host of ['web1', 'web2', 'tcp://db1']) test.runner.get(host).stats = DOWN;
    test.runner.get('web1').stats = failure('something broke');
    const { body } = await test.get('/stats').expect(500);
    expect(body).toEqual({
      statusCode: 500,
      code: 'docker_failed',
      message: expect.stringMatching(
        /^Error: web1: something broke; also without figures: web2 \(docker_unreachable\), db1 \(docker_unreachable\)\. To fix: /,
      ) as string,
    });
  });

  it('returns the containers and skipped rows of the selected hosts, and samples no others', async () => {
    test.runner.get('web2').stats = { stdout: row() + placeholderRow('bbbbbbbbbbbb') };
    const full = await getFull('&host=web?&host=web2');
    expect(getNames(full)).toEqual(['web1 app', 'web1 cache', 'web2 my-app']);
    expect(full.skipped).toEqual([
      { host: 'web2', container: 'bbbbbbbbbbbb', id: 'bbbbbbbbbbbb', project: null, reason: 'no_reading' },
    ]);
    expect(test.runner.get('tcp://db1').statsRuns).toBe(0);
  });

  it('combines the filters', async () => {
    expect(getNames(await getFull('&host=web*&name=app&sort=-cpuUsage'))).toEqual(['web2 app', 'web1 app']);
    expect(getNames(await getFull('&sort=-host&limit=1'))).toEqual(['web2 app']);
  });

  it.each(['nope', 'x*', 'WEB1'])('refuses the host %s with 404', async (host) => {
    const { body } = await test.get(`/stats?host=web1&host=${host}`).expect(404);
    expect(body).toMatchObject({ code: 'not_found', message: 'No Docker host has this name' });
  });

  it('adds up the projects of all hosts', async () => {
    const { body } = await test.get('/projects').expect(200);
    expect(body).toMatchObject([{ project: null, containers: 4 }]);
  });
});

describe('An API key with hosts', () => {
  it('gets only their containers and names', async () => {
    const full = await getFull('', WEB_KEY);
    expect(getNames(full)).toEqual(['web1 app', 'web1 cache', 'web2 app']);
    expect(full.hosts?.map(({ name }) => name)).toEqual(['web1', 'web2']);
    expect(test.runner.get('tcp://db1').statsRuns).toBe(0);
    await test.client.get('/stats?host=db1').set('X-API-Key', WEB_KEY).expect(404);
    await test.client.get('/hosts/db1/containers/db/stats').set('X-API-Key', WEB_KEY).expect(404);
    const { text } = await test.client.get('/metrics').set('X-API-Key', WEB_KEY).expect(200);
    expect(text).toContain('docker_up{host="web1"} 1');
    expect(text).not.toContain('db1');
    const { body } = await test.client.get('/hosts').set('X-API-Key', WEB_KEY).expect(200);
    expect(JSON.stringify(body)).not.toContain('db1');
  });

  it('gets 404 if no host matches', async () => {
    const { body } = await test.client.get('/stats').set('X-API-Key', OTHER_KEY).expect(404);
    expect(body).toMatchObject({ message: 'No Docker host is visible to this API key' });
  });
});

describe('One container on several hosts', () => {
  it('is found on any host', async () => {
    const { body } = await test.get('/containers/db/stats').expect(200);
    expect(body).toMatchObject({ host: 'db1', name: 'db' });
  });

  it.each(['app', ID, ID.slice(0, 12)])('is ambiguous if two hosts have it: %s', async (reference) => {
    const { body } = await test.get(`/containers/${reference}/stats`).expect(400);
    expect(body).toMatchObject({
      message:
        'Ambiguous name or id: 2 containers match, on the hosts web1, web2; use /hosts/HOST/containers/REFERENCE/stats',
    });
  });

  it('is found by the name of its host', async () => {
    const { body } = await test.get('/hosts/web2/containers/app/stats').expect(200);
    expect(body).toMatchObject({ host: 'web2', id: ID, cpuUsage: 50 });
    expect(test.runner.get('web1').statsRuns).toBe(0);
  });

  it.each(['/hosts/web*/containers/app/stats', '/hosts/nope/containers/app/stats'])(
    'needs the exact name of a host: %s',
    async (path) => {
      await test.get(path).expect(404);
    },
  );

  it('may be on a host without figures', async () => {
    test.runner.get('tcp://db1').stats = DOWN;
    const { body } = await test.get('/containers/db/stats').expect(404);
    expect(body).toMatchObject({
      message:
        'No running container has this name or id; an id prefix needs at least 12 characters. These hosts have no figures now: db1',
    });
  });
});

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
    for (const host of ['web1', 'web2', 'tcp://db1']) test.runner.get(host).stats = DOWN;
    const { body } = await test.get('/hosts?host=web*').expect(200);
    expect((body as HostStatus[]).map(({ name, state }) => [name, state])).toEqual([
      ['web1', 'down'],
      ['web2', 'down'],
    ]);
  });
});

describe('The history of several hosts', () => {
  it('is read per host', async () => {
    await test.get('/stats').expect(200);
    const { body } = await test.get('/stats/history').expect(400);
    expect(body).toMatchObject({ message: 'Each Docker host has its own history: select one with "host"' });
    const one = await test.get('/stats/history?host=web2&fields=cpuUsage').expect(200);
    expect(one.body).toMatchObject({ containers: [{ name: 'app', cpuUsage: [50] }] });
  });

  it('of one container is found on any host, and by the name of its host', async () => {
    await test.get('/stats').expect(200);
    const found = await test.get('/containers/db/stats/history').expect(200);
    expect(found.body).toMatchObject({ containers: [{ name: 'db', cpuUsage: [12.45] }] });
    const ambiguous = await test.get('/containers/app/stats/history').expect(400);
    expect(ambiguous.body).toMatchObject({
      message:
        'Ambiguous name or id: containers on the hosts web1, web2 match; use /hosts/HOST/containers/REFERENCE/stats/history',
    });
    const exact = await test.get('/hosts/web2/containers/app/stats/history').expect(200);
    expect(exact.body).toMatchObject({ containers: [{ name: 'app', cpuUsage: [50] }] });
  });
});

describe('GET /metrics with several hosts', () => {
  it('has the label host in the series of containers and of sampling', async () => {
    test.runner.get('tcp://db1').stats = DOWN;
    const { text } = await test.get('/metrics').expect(200);
    const lines = text.split('\n');
    expect(lines).toContain(`docker_container_cpu_usage_ratio{host="web2",name="app",id="${ID}"} 0.5`);
    expect(lines).toContain(`docker_container_cpu_usage_ratio{host="web1",name="app",id="${ID}"} 0.1245`);
    expect(lines.filter((line) => line.startsWith('docker_up'))).toEqual([
      'docker_up{host="web1"} 1',
      'docker_up{host="web2"} 1',
      'docker_up{host="db1"} 0',
    ]);
    expect(lines).toContain('docker_stats_api_samples_total{host="db1",result="docker_unreachable"} 1');
    expect(lines).toContain('docker_stats_api_samples_total{host="web1",result="success"} 1');
  });

  it('has docker_up 0 of every host when all are down', async () => {
    for (const host of ['web1', 'web2', 'tcp://db1']) test.runner.get(host).stats = DOWN;
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
    for (const host of ['web1', 'web2', 'tcp://db1']) test.runner.get(host).version = DOWN;
    await test.client.get('/health/ready').expect(503);
  });

  it('with READY_HOSTS=all is ready only while all hosts can be reached', async () => {
    await test.app.close();
    await boot(test.runner, { READY_HOSTS: 'all', HEALTH_CACHE_MS: '0' });
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
    await boot(test.runner, { DOCKER_HOSTS: '', API_KEYS: `all:${KEY},web:${WEB_KEY};hosts=*` });
  });

  it('responses do not name a host', async () => {
    const full = await getFull();
    expect(full).not.toHaveProperty('hosts');
    expect(full.containers[0]).not.toHaveProperty('host');
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
