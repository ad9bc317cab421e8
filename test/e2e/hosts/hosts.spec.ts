import type { FullStats } from 'docker-stats-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { placeholderRow, row } from '../../support/docker/docker-rows.js';
import { failure } from '../../support/docker/fake-command-runner.js';
import type { HostsCommandRunner } from '../../support/hosts/hosts-command-runner.js';
import {
  APP_ID,
  bootHosts,
  createHosts,
  DOWN,
  HOSTS,
  OTHER_KEY,
  WEB_KEY,
} from '../../support/hosts/hosts-scene.js';
import { KEY, type TestApp } from '../../support/service/test-app.js';

let test: TestApp<HostsCommandRunner>;
beforeEach(async () => {
  test = await bootHosts(createHosts());
});
afterEach(() => test.app.close());

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
    for (const host of HOSTS) test.runner.get(host).stats = DOWN;
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

  it.each(['app', APP_ID, APP_ID.slice(0, 12)])(
    'is ambiguous if two hosts have it: %s',
    async (reference) => {
      const { body } = await test.get(`/containers/${reference}/stats`).expect(400);
      expect(body).toMatchObject({
        message:
          'Ambiguous name or id: 2 containers match, on the hosts web1, web2; use /hosts/HOST/containers/REFERENCE/stats',
      });
    },
  );

  it('is found by the name of its host', async () => {
    const { body } = await test.get('/hosts/web2/containers/app/stats').expect(200);
    expect(body).toMatchObject({ host: 'web2', id: APP_ID, cpuUsage: 50 });
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
