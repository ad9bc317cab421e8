import type { FullStats } from 'docker-stats-client';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { bootScene, SOURCES, type StatsScene } from '../../support/contract/stats-scene.js';
import { placeholderRow, psRow, row } from '../../support/docker/docker-rows.js';
import { HostsCommandRunner } from '../../support/hosts/hosts-command-runner.js';
import { bootFleetForTest } from '../../support/prometheus/fake/fleet-scene.js';
import { FakePrometheus } from '../../support/prometheus/fake/fake-prometheus.js';
import { bootApp, KEY, type TestApp } from '../../support/service/test-app.js';

const LOOP_KEY = 'loop-key-0123456789';
const SHOP_KEY = 'shop-key-0123456789';

const NO_PROJECT = { 'com.docker.compose.project': '' };
const ZEROS = { MemUsage: '0B / 0B', PIDs: '0' };

/** The id of the container with this digit. */
function createId(digit: string): string {
  return digit.repeat(64);
}

/** What docker prints: a row of each kind, by name and id. */
const ROWS = [
  'no row\n',
  placeholderRow('aaaaaaaaaaaa'), // docker ps names it: hung
  row({ ID: createId('b'), Name: 'loop', ...ZEROS }),
  row({ ID: createId('c'), Name: 'new', ...ZEROS }),
  row({ ID: '', Container: '', Name: 'nobody' }),
  row({ ID: createId('d'), Name: 'odd "one"\\', CPUPerc: 'much' }),
  row({ ID: createId('e'), Name: 'twin', CPUPerc: '--' }),
  row({ ID: createId('f'), Name: 'twin', CPUPerc: '--' }),
  row(),
];

const LISTED = [
  psRow(),
  psRow({ ID: createId('a'), Names: 'hung', 'com.docker.compose.project': 'jobs' }),
  psRow({ ID: createId('b'), Names: 'loop', Status: 'Restarting (1) 2 seconds ago' }),
  psRow({ ID: createId('c'), Names: 'new', ...NO_PROJECT }),
  psRow({ ID: createId('d'), Names: 'odd "one"\\', ...NO_PROJECT }),
  psRow({ ID: createId('e'), Names: 'twin' }),
  psRow({ ID: createId('f'), Names: 'twin', ...NO_PROJECT }),
];

/** The skipped rows, without the host. `unread` is the reason of the rows without values. */
function createSkipped(unread: 'no_reading' | 'timed_out'): object[] {
  return [
    { container: null, id: null, project: null, reason: 'malformed' },
    { container: 'hung', id: 'aaaaaaaaaaaa', project: 'jobs', reason: unread },
    { container: 'loop', id: createId('b'), project: 'shop', reason: 'restarting' },
    { container: 'new', id: createId('c'), project: null, reason: 'starting' },
    { container: 'nobody', id: null, project: null, reason: 'malformed' },
    { container: 'odd "one"\\', id: createId('d'), project: null, reason: 'malformed' },
    { container: 'twin', id: createId('e'), project: 'shop', reason: unread },
    { container: 'twin', id: createId('f'), project: null, reason: unread },
  ];
}

/** Returns the skipped rows that a key gets. */
async function getSkipped(test: Pick<TestApp<never>, 'client'>, key = KEY): Promise<unknown> {
  const { body } = await test.client.get('/stats?view=full').set('X-API-Key', key).expect(200);
  return (body as FullStats).skipped;
}

describe.each(SOURCES)('With %s,', (source) => {
  let test: StatsScene;
  beforeEach(async () => {
    test = await bootScene(source, {
      API_KEYS: `all:${KEY},loop:${LOOP_KEY};containers=loop,shop:${SHOP_KEY};projects=shop`,
    });
    test.runner.stats = { stdout: ROWS.join('') };
    test.runner.ps = { stdout: LISTED.join('') };
  });
  afterEach(() => test.close());

  /** Adds the host to objects, if responses name it. */
  function withHost(rows: readonly object[]): object[] {
    return rows.map((one) => ({ ...test.hostField, ...one }));
  }

  it.each([
    ['no_reading', false],
    ['timed_out', true],
  ] as const)(
    'GET /stats names each container without figures, with the reason; one of them is %s',
    async (unread, timedOut) => {
      test.runner.stats = { stdout: ROWS.join(''), timedOut };
      expect(await getSkipped(test)).toEqual(withHost(createSkipped(unread)));
    },
  );

  it('GET /stats names no container if all have figures', async () => {
    test.runner.stats = { stdout: row() };
    expect(await getSkipped(test)).toEqual([]);
  });

  it('a container that docker prints twice has its figures, and is skipped', async () => {
    test.runner.stats = { stdout: row() + row({ CPUPerc: '--' }) };
    const { containers, skipped } = (await test.get('/stats?view=full').expect(200)).body as FullStats;
    expect(containers).toMatchObject([{ name: 'my-app', cpuUsage: 12.45 }]);
    expect(skipped).toMatchObject([{ container: 'my-app', reason: 'no_reading' }]);
  });

  it('keys with a scope get only the skipped containers of their scope', async () => {
    const [, , loop, , , , twin] = createSkipped('no_reading') as [object, object, object, ...object[]];
    expect(await getSkipped(test, LOOP_KEY)).toEqual(withHost([loop]));
    expect(await getSkipped(test, SHOP_KEY)).toEqual(withHost([loop, twin as object]));
  });

  it.each([
    ['hung', 'no_reading'],
    ['aaaaaaaaaaaa', 'no_reading'],
    ['loop', 'restarting'],
    ['new', 'starting'],
    ['nobody', 'malformed'],
  ])('GET /containers/%s/stats says why there are no figures: %s', async (reference, reason) => {
    const message = `Docker gives no figures for this container: ${reason}`;
    await test
      .get(`/containers/${reference}/stats`)
      .expect(404, { statusCode: 404, code: 'not_found', message });
  });

  it('GET /metrics has a series for each container without figures', async () => {
    const { text } = await test.get('/metrics').expect(200);
    const host = test.hostField.host === undefined ? '' : `host="${test.hostField.host}",`;
    expect(text.match(/^docker_container_skipped.*$/gm)).toEqual([
      `docker_container_skipped{${host}reason="malformed"} 1`,
      `docker_container_skipped{${host}name="hung",id="aaaaaaaaaaaa",project="jobs",reason="no_reading"} 1`,
      `docker_container_skipped{${host}name="loop",id="${createId('b')}",project="shop",reason="restarting"} 1`,
      `docker_container_skipped{${host}name="new",id="${createId('c')}",reason="starting"} 1`,
      `docker_container_skipped{${host}name="nobody",reason="malformed"} 1`,
      String.raw`docker_container_skipped{${host}name="odd \"one\"\\",id="${createId('d')}",reason="malformed"} 1`,
      `docker_container_skipped{${host}name="twin",id="${createId('e')}",project="shop",reason="no_reading"} 1`,
      `docker_container_skipped{${host}name="twin",id="${createId('f')}",reason="no_reading"} 1`,
    ]);
  });

  it('containers that may be stopped are named, because docker ps failed; by a fleet they are not', async () => {
    test.runner.ps = { exitCode: 1, stderr: 'failed\n' };
    test.runner.stats = { stdout: row() + placeholderRow('a'.repeat(12)) + row({ Name: 'job', ...ZEROS }) };
    const rows = [
      { container: 'aaaaaaaaaaaa', id: 'aaaaaaaaaaaa', project: null, reason: 'no_reading' },
      { container: 'job', id: '0123456789ab'.padEnd(64, '0'), project: null, reason: 'restarting' },
    ];
    expect(await getSkipped(test)).toEqual(withHost(source === 'a fleet' ? rows.slice(0, 1) : rows));
  });
});

it('A fleet names the skipped containers of each host of a service with several hosts', async () => {
  const runner = new HostsCommandRunner();
  const agent = await bootApp({ DOCKER_HOSTS: 'web1,web2', STATS_IDLE_AFTER_MS: '0' }, { runner });
  onTestFinished(() => agent.app.close());
  runner.get('web1').stats = { stdout: row() + placeholderRow('aaaaaaaaaaaa') };
  runner.get('web2').stats = { stdout: row() + row({ ID: createId('a'), Name: 'odd', CPUPerc: 'much' }) };
  const prometheus = await FakePrometheus.start();
  prometheus.addTarget({ job: 'docker-stats-api' }, async () => (await agent.get('/metrics')).text);
  const test = await bootFleetForTest(prometheus, { PROMETHEUS_HOST_LABEL: 'host' });
  const skipped = [
    { host: 'web1', container: 'aaaaaaaaaaaa', id: 'aaaaaaaaaaaa', project: null, reason: 'no_reading' },
    { host: 'web2', container: 'odd', id: createId('a'), project: null, reason: 'malformed' },
  ];
  expect(await getSkipped(test)).toEqual(skipped);
  expect(await getSkipped(agent)).toEqual(skipped);
});
