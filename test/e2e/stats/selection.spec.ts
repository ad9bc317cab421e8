import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootScene, SOURCES, type StatsScene } from '../../support/contract/stats-scene.js';
import { psRow, row } from '../../support/docker/docker-rows.js';
import { failure } from '../../support/docker/fake-command-runner.js';
import { bootApp, KEY } from '../../support/service/test-app.js';

interface Container {
  readonly name: string;
  readonly project: string;
  readonly service?: string;
  readonly image: string;
  readonly status: string;
  readonly cpu: string;
  readonly memory: string;
}

/** The containers, in the order of their names. */
const CONTAINERS: readonly Container[] = [
  {
    name: 'api',
    project: 'shop',
    service: 'api',
    image: 'shop/api:2',
    status: 'Up 1 day (healthy)',
    cpu: '40%',
    memory: '200MiB',
  },
  {
    name: 'db',
    project: 'shop',
    service: 'db',
    image: 'postgres:18',
    status: 'Up 1 day (healthy)',
    cpu: '5%',
    memory: '400MiB',
  },
  {
    name: 'runner',
    project: 'ci',
    service: 'runner',
    image: 'ci/runner:1',
    status: 'Up 1 day (unhealthy)',
    cpu: '90.1%',
    memory: '50MiB',
  },
  {
    name: 'scratch',
    project: '',
    image: 'busybox',
    status: 'Up 1 day (Paused)',
    cpu: '0.2%',
    memory: '1MiB',
  },
  {
    name: 'web',
    project: 'shop',
    service: 'web',
    image: 'nginx:1.29',
    status: 'Up 1 day (health: starting)',
    cpu: '40%',
    memory: '20MiB',
  },
];

const SHOP_KEY = 'shop-key-0123456789';
const SHOP_WEB_KEY = 'shop-web-key-0123456789';

/** The id of the container with this number. */
function createId(n: number): string {
  return String(n).repeat(64);
}

describe.each(SOURCES)('With %s,', (source) => {
  let test: StatsScene;
  beforeAll(async () => {
    test = await bootScene(source, {
      API_KEYS: `all:${KEY},shop:${SHOP_KEY};projects=sh?p|x,web:${SHOP_WEB_KEY};projects=shop;containers=web|runner`,
      STATS_IDLE_AFTER_MS: '0', // no new sample between two requests, which would have another ETag
    });
    test.runner.stats = {
      stdout: CONTAINERS.map(({ name, cpu, memory }, n) =>
        row({ Name: name, ID: createId(n), CPUPerc: cpu, MemUsage: `${memory} / 1GiB` }),
      ).join(''),
    };
    test.runner.ps = {
      stdout: CONTAINERS.map(({ name, project, service = '', image, status }, n) =>
        psRow({
          ID: createId(n),
          Names: name,
          Image: image,
          Status: status,
          'com.docker.compose.project': project,
          'com.docker.compose.service': service,
        }),
      ).join(''),
    };
  });
  afterAll(() => test.close());

  /** The names of the containers that a request returns, in their order. */
  async function getNames(query: string, key = KEY): Promise<string[]> {
    const { body } = await test.client.get(`/stats?${query}`).set('X-API-Key', key).expect(200);
    return (body as Container[]).map(({ name }) => name);
  }

  describe('GET /stats', () => {
    it.each([
      ['project=shop', ['api', 'db', 'web']],
      ['project=shop&project=c*', ['api', 'db', 'runner', 'web']],
      ['project=*', ['api', 'db', 'runner', 'web']],
      ['service=web&service=db', ['db', 'web']],
      ['image=nginx:*', ['web']],
      ['image=nginx', []],
      ['health=unhealthy', ['runner']],
      ['health=healthy&health=starting', ['api', 'db', 'web']],
      ['project=shop&name=*b', ['db', 'web']],
      ['project=shop&health=healthy&image=*postgres*', ['db']],
      ['project=ci&name=web', []],
      ['sort=cpuUsage', ['scratch', 'db', 'api', 'web', 'runner']],
      ['sort=-cpuUsage', ['runner', 'api', 'web', 'db', 'scratch']],
      ['sort=-name', ['web', 'scratch', 'runner', 'db', 'api']],
      ['sort=project', ['runner', 'api', 'db', 'web', 'scratch']],
      ['sort=-project', ['api', 'db', 'web', 'runner', 'scratch']],
      ['limit=2', ['api', 'db']],
      ['sort=-memoryUsage&limit=2', ['db', 'api']],
      ['project=shop&sort=-cpuUsage&limit=1', ['api']],
      ['limit=100000', ['api', 'db', 'runner', 'scratch', 'web']],
    ])('with ?%s returns the containers %j', async (query, names) => {
      expect(await getNames(query)).toEqual(names);
      const full = await test.get(`/stats?view=full&${query}`).expect(200);
      expect((full.body as { containers: Container[] }).containers.map(({ name }) => name)).toEqual(names);
      const csv = await test.get(`/stats?format=csv&${query}`).expect(200);
      expect(
        csv.text
          .split('\r\n')
          .slice(1, -1)
          .map((line) => line.split(',').at(-3)),
      ).toEqual(names);
    });

    const SORT =
      'Query parameter "sort" must be a field such as "cpuUsage", or "-cpuUsage" for the highest first';
    const LIMIT = 'Query parameter "limit" must be a whole number from 1 to 100000';
    it.each([
      ['project=', 'Query parameter "project" must have 1 to 255 characters'],
      [`image=${'x'.repeat(256)}`, 'Query parameter "image" must have 1 to 255 characters'],
      ['service=x&'.repeat(101), 'Query parameter "service" must be given at most 100 times'],
      ['health=sick', 'Query parameter "health" must be one of healthy, unhealthy, starting'],
      ['health=healthy&health=h*', 'Query parameter "health" must be one of healthy, unhealthy, starting'],
      ['sort=cpu', SORT],
      ['sort=', SORT],
      ['sort=--cpuUsage', SORT],
      ['sort=name&sort=image', SORT],
      ['sort=__proto__', SORT],
      ['limit=0', LIMIT],
      ['limit=-1', LIMIT],
      ['limit=1.5', LIMIT],
      ['limit=1e3', LIMIT],
      ['limit=100001', LIMIT],
      ['limit=', LIMIT],
      ['limit=1&limit=2', LIMIT],
    ])('rejects ?%s with 400', async (query, message) => {
      await test.get(`/stats?${query}`).expect(400, { statusCode: 400, code: 'invalid_request', message });
    });

    it('has another ETag for another order of the same containers', async () => {
      const etags = await Promise.all(
        ['name=*', 'name=*&sort=-name', 'name=*&sort=name', 'name=a*'].map(
          async (query) => (await test.get(`/stats?${query}`).expect(200)).headers['etag'],
        ),
      );
      expect(new Set(etags).size).toBe(3);
    });
  });

  async function getProjects(query: string): Promise<unknown> {
    return (await test.get(`/projects?${query}`).expect(200)).body;
  }

  describe('GET /projects', () => {
    it('returns the sums of each project, sorted by name; containers without a project are last', async () => {
      const { body, headers } = await test.get('/projects').expect(200);
      expect(body).toStrictEqual([
        { project: 'ci', containers: 1, cpuUsage: 90.1, memoryUsage: 50 },
        { project: 'shop', containers: 3, cpuUsage: 85, memoryUsage: 620 },
        { project: null, containers: 1, cpuUsage: 0.2, memoryUsage: 1 },
      ]);
      expect(headers).toMatchObject({
        'cache-control': 'private, max-age=5',
        etag: expect.stringMatching(/^"/) as string,
        'x-sampled-at': expect.any(String) as string,
      });
      await test.get('/projects').set('If-None-Match', String(headers['etag'])).expect(304);
    });

    it('applies filters to the containers, and the order and the limit to the projects', async () => {
      expect(await getProjects('health=healthy')).toEqual([
        { project: 'shop', containers: 2, cpuUsage: 45, memoryUsage: 600 },
      ]);
      expect(await getProjects('sort=-memoryUsage&limit=1')).toMatchObject([{ project: 'shop' }]);
      expect(await getProjects('sort=-cpuUsage')).toMatchObject([
        { project: 'ci' },
        { project: 'shop' },
        { project: null },
      ]);
      expect(await getProjects('name=nosuch')).toEqual([]);
    });

    it('returns CSV and a table', async () => {
      expect((await test.get('/projects?format=csv').expect(200)).text).toBe(
        'project,containers,cpuUsage,memoryUsage\r\nci,1,90.1,50\r\nshop,3,85,620\r\n,1,0.2,1\r\n',
      );
      expect((await test.get('/projects').set('Accept', 'text/plain').expect(200)).text).toBe(
        [
          'PROJECT   CONTAINERS   CPU %     MEM USAGE',
          'ci        1            90.10%    50MiB',
          'shop      3            85.00%    620MiB',
          '--        1            0.20%     1MiB',
          '',
        ].join('\n'),
      );
    });

    it('rejects a field of a container as the order, and the parameter view', async () => {
      const { body } = await test.get('/projects?sort=name').expect(400);
      expect(body).toMatchObject({ code: 'invalid_request' });
      await test.get('/projects?view=full').expect(400);
    });
  });

  describe('An API key with projects= in its scope', () => {
    it('gets only the containers of these projects', async () => {
      expect(await getNames('', SHOP_KEY)).toEqual(['api', 'db', 'web']);
      expect(await getNames('project=ci', SHOP_KEY)).toEqual([]);
      const { body } = await test.client.get('/projects').set('X-API-Key', SHOP_KEY).expect(200);
      expect(body).toMatchObject([{ project: 'shop', containers: 3 }]);
      await test.client.get('/containers/runner/stats').set('X-API-Key', SHOP_KEY).expect(404);
      await test.client.get('/containers/db/stats').set('X-API-Key', SHOP_KEY).expect(200);
    });

    it('gets no metrics about other keys', async () => {
      const { text } = await test.client.get('/metrics').set('X-API-Key', SHOP_KEY).expect(200);
      expect(text).toMatch(/^docker_up(\{host="web1"\})? 1$/m);
      expect(text).not.toContain('docker_stats_api_http_requests_total');
    });

    it('gets only the containers that also match containers=', async () => {
      expect(await getNames('', SHOP_WEB_KEY)).toEqual(['web']);
    });
  });
});

it('An API key with projects= in its scope gets no container while docker ps has never told the projects', async () => {
  const other = await bootApp({ API_KEYS: `shop:${SHOP_KEY};projects=*` });
  other.runner.stats = { stdout: row() };
  other.runner.ps = failure('Error response from daemon: no');
  await other.client.get('/stats').set('X-API-Key', SHOP_KEY).expect(200, []);
  await other.app.close();
});
