import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandError } from '../../../src/command/command.error.js';
import { placeholderRow, PS_DETAILS, psRow, row, ROW_FIGURES } from '../../support/docker/docker-rows.js';
import { failure, type FakeCommandRunner } from '../../support/docker/fake-command-runner.js';
import { bootApp, KEY, type TestApp } from '../../support/service/test-app.js';

let test: TestApp<FakeCommandRunner>;

const WEB_2 = row({ Name: 'web-2', ID: 'b'.repeat(64), CPUPerc: '0.50%', MemUsage: '512KiB / 1GiB' });
const WEB_1 = row({ Name: 'web-1', ID: 'a'.repeat(64), CPUPerc: '117.30%' });
const DB = row({ Name: 'db', ID: 'd'.repeat(64), MemUsage: '0B / 0B', MemPerc: '0.00%' });
const NO_COMPOSE = { 'com.docker.compose.project': '', 'com.docker.compose.service': '' };
const ALLOWED = 'allowed: api_key, format, health, host, image, limit, name, project, service, sort, view';
const RESTARTING = row({ Name: 'job', MemUsage: '0B / 0B', PIDs: '0' });

beforeEach(async () => {
  test = await bootApp();
  test.runner.stats = {
    stdout: WEB_2 + DB + WEB_1 + RESTARTING + placeholderRow('cccccccccccc'),
    durationMs: 2041.6,
  };
  test.runner.ps = {
    stdout: [
      psRow({ ID: 'a'.repeat(64), Names: 'web-1' }),
      psRow({ ID: 'b'.repeat(64), Names: 'web-2', Status: 'Up 2 days (unhealthy)' }),
      psRow({ ID: 'd'.repeat(64), Names: 'db', Image: 'postgres:18', Status: 'Up 2 days', ...NO_COMPOSE }),
      psRow({ Names: 'job', Status: 'Restarting (1) 2 seconds ago', 'com.docker.compose.project': 'jobs' }),
      psRow({ ID: 'c'.repeat(64), Names: 'hung', ...NO_COMPOSE }),
    ].join(''),
  };
});
afterEach(() => test.app.close());

describe('GET /stats', () => {
  it('returns name, CPU and memory of every running container, sorted by name', async () => {
    const { status, headers, body } = await test.get('/stats');
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'private, max-age=5',
    });
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(body).toStrictEqual([
      { name: 'db', cpuUsage: 12.45, memoryUsage: null },
      { name: 'web-1', cpuUsage: 117.3, memoryUsage: 102.9 },
      { name: 'web-2', cpuUsage: 0.5, memoryUsage: 0.5 },
    ]);
  });

  it('returns an empty array if no container runs', async () => {
    test.runner.stats = { stdout: '' };
    await test.get('/stats').expect(200, []);
  });

  it('responds to HEAD without a body', async () => {
    const { status, headers, text } = await test.client.head('/stats').set('X-API-Key', KEY);
    expect(status).toBe(200);
    expect(headers['content-length']).toMatch(/^[1-9]\d+$/);
    expect(text).toBeUndefined();
  });

  it('returns every figure, the age and the skipped rows with view=full', async () => {
    const before = Date.now();
    const { status, body } = await test.get('/stats?view=full');
    expect(status).toBe(200);
    expect(body).toStrictEqual({
      sampledAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      ageMs: expect.any(Number) as number,
      durationMs: 2042,
      containers: [
        expect.objectContaining({
          name: 'db',
          memoryUsage: null,
          memoryLimit: null,
          memoryPercent: null,
        }) as object,
        {
          id: 'a'.repeat(64),
          name: 'web-1',
          ...PS_DETAILS,
          ...ROW_FIGURES,
          cpuUsage: 117.3,
        },
        expect.objectContaining({ name: 'web-2' }) as object,
      ],
      skipped: [
        { container: 'job', id: '0123456789ab'.padEnd(64, '0'), project: 'jobs', reason: 'restarting' },
        { container: 'hung', id: 'cccccccccccc', project: null, reason: 'no_reading' },
      ],
    });
    const { sampledAt, ageMs } = body as { sampledAt: string; ageMs: number };
    expect(Date.parse(sampledAt)).toBeGreaterThanOrEqual(before);
    expect(ageMs).toBeGreaterThanOrEqual(0);
    expect(ageMs).toBeLessThan(5000);
  });

  it.each([
    ['name=web-*', ['web-1', 'web-2']],
    ['name=db&name=web-2', ['db', 'web-2']],
    ['name=w*&name=web-?', ['web-1', 'web-2']],
    ['name=*-1', ['web-1']],
    ['name=nosuch', []],
    ['name=WEB-1', []],
  ])('returns the containers that match %s', async (query, names) => {
    const { body } = await test.get(`/stats?${query}`);
    expect((body as { name: string }[]).map(({ name }) => name)).toEqual(names);
    const full = await test.get(`/stats?view=full&${query}`);
    expect((full.body as { containers: { name: string }[] }).containers.map(({ name }) => name)).toEqual(
      names,
    );
  });

  it.each([
    ['nmae=web', `Unknown query parameter "nmae"; ${ALLOWED}`],
    ['name[]=web', `Unknown query parameter; ${ALLOWED}`],
    [KEY, `Unknown query parameter; ${ALLOWED}`],
    ['a-key_of_letters_by_mistake', `Unknown query parameter; ${ALLOWED}`],
    ['__proto__=1', `Unknown query parameter "__proto__"; ${ALLOWED}`],
    ['constructor=1', `Unknown query parameter "constructor"; ${ALLOWED}`],
    ['prototype=1', `Unknown query parameter "prototype"; ${ALLOWED}`],
    ['toString=1', `Unknown query parameter "toString"; ${ALLOWED}`],
    ['view=all', 'Query parameter "view" must be "full" or omitted'],
    ['view=', 'Query parameter "view" must be "full" or omitted'],
    ['view=full&view=full', 'Query parameter "view" must be "full" or omitted'],
    ['name=', 'Query parameter "name" must have 1 to 255 characters'],
    [`name=${'x'.repeat(256)}`, 'Query parameter "name" must have 1 to 255 characters'],
    [`${'&'.repeat(1500)}junk=1`, `Unknown query parameter "junk"; ${ALLOWED}`],
    ['name=x&'.repeat(101), 'Query parameter "name" must be given at most 100 times'],
    ['view=x&foo=1', `Unknown query parameter "foo"; ${ALLOWED}`],
    ['format=xml', 'Query parameter "format" must be "json", "csv" or "text"'],
    ['format=csv&format=csv', 'Query parameter "format" must be "json", "csv" or "text"'],
  ])('rejects ?%s with 400', async (query, message) => {
    test.runner.commands.length = 0;
    await test.get(`/stats?${query}`).expect(400, { statusCode: 400, code: 'invalid_request', message });
    expect(test.runner.commands).toEqual([]);
  });
});

describe('GET /containers/{name or id}/stats', () => {
  it.each([
    ['name', 'web-1'],
    ['id', 'a'.repeat(64)],
    ['id prefix', 'aaaaaaaaaaaa'],
  ])('returns one container by its %s', async (_how, reference) => {
    const { status, headers, body } = await test.get(`/containers/${reference}/stats`);
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8' });
    expect(body).toStrictEqual({
      id: 'a'.repeat(64),
      name: 'web-1',
      ...PS_DETAILS,
      ...ROW_FIGURES,
      cpuUsage: 117.3,
    });
  });

  it.each([
    ['an unknown name', 'nosuch', 'No running container has this name or id'],
    ['a restarting container', 'job', 'Docker gives no figures for this container: restarting'],
    ['a container without figures', 'c'.repeat(64), 'Docker gives no figures for this container: no_reading'],
    ['an unknown name with encoded characters', 'a%2Fb%20c', 'No running container has this name or id'],
    [
      'a short id prefix',
      'a'.repeat(11),
      'No running container has this name or id; an id prefix needs at least 12 characters',
    ],
    ['an unknown id', 'f'.repeat(12), 'No running container has this name or id'],
  ])('responds with 404 to %s', async (_what, reference, message) => {
    await test
      .get(`/containers/${reference}/stats`)
      .expect(404, { statusCode: 404, code: 'not_found', message });
  });

  it('responds with 400 if several containers match', async () => {
    const id = 'e'.repeat(12);
    test.runner.stats = { stdout: row({ ID: `${id}1`, Name: 'x1' }) + row({ ID: `${id}2`, Name: 'x2' }) };
    await test.get(`/containers/${id}/stats`).expect(400, {
      statusCode: 400,
      code: 'invalid_request',
      message: 'Ambiguous name or id: 2 containers match; use a longer id prefix',
    });
  });

  it('responds with 400 to invalid percent-encoding', async () => {
    const { status, body } = await test.get('/containers/%E0%A4%A/stats');
    expect({ status, body: body as unknown }).toMatchObject({
      status: 400,
      body: { code: 'invalid_request' },
    });
  });

  it('rejects unknown query parameters', async () => {
    await test.get('/containers/web-1/stats?view=full').expect(400, {
      statusCode: 400,
      code: 'invalid_request',
      message: 'Unknown query parameter "view"; allowed: api_key',
    });
  });
});

const FIX_TIMEOUT =
  'To fix: check whether the Docker daemon hangs; DOCKER_TIMEOUT_MS and HEALTH_TIMEOUT_MS set the deadlines.';

const FIX_FAILURE =
  'To fix: run `docker stats --no-stream` by hand, as the user and in the environment of this service.';

describe('GET /stats and GET /containers/{name or id}/stats, if docker fails,', () => {
  it.each([
    [
      'docker_not_found',
      new CommandError('command_not_found', 'docker could not be started: spawn docker ENOENT'),
      'Error: docker could not be started: spawn docker ENOENT. ' +
        'To fix: install the docker CLI, or set DOCKER_BIN to its path.',
    ],
    [
      'docker_unreachable',
      failure(
        'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      ),
      'Error: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running? ' +
        'To fix: start Docker, or set DOCKER_HOST to the address of the daemon.',
    ],
    [
      'docker_unreachable',
      { stdout: placeholderRow('aaaaaaaaaaaa') },
      'Error: Docker returned no figures (containers: 1) and lost its daemon. ' +
        'To fix: check that the Docker daemon is running and that DOCKER_BIN is a docker CLI.',
    ],
    [
      'docker_timeout',
      { timedOut: true, durationMs: 15_003 },
      `Error: Docker did not respond within 15000 ms. ${FIX_TIMEOUT}`,
    ],
    [
      'docker_failed',
      failure('Error response from daemon: something broke'),
      `Error: Error response from daemon: something broke. ${FIX_FAILURE}`,
    ],
    [
      'docker_failed',
      new CommandError('command_output_limit', 'docker wrote more than 33554432 bytes'),
      `Error: docker wrote more than 33554432 bytes. ${FIX_FAILURE}`,
    ],
  ])('respond with 500 and the code %s', async (code, stats, message) => {
    test.runner.stats = stats;
    test.runner.ps = failure('this docker has no ps');
    for (const path of ['/stats', '/stats?view=full', '/containers/web-1/stats']) {
      const { status, headers, body } = await test.get(path);
      expect(status).toBe(500);
      expect(headers).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
      });
      expect(body).toStrictEqual({ statusCode: 500, code, message });
    }
  });

  it('respond with 500 docker_unsupported for Podman, and hide its version from keys with a scope', async () => {
    const own = await bootApp({ API_KEYS: `${KEY},scoped:scoped-key-0123456789;containers=web-*` });
    own.runner.stats = { stdout: row({ Name: 'od-idle' }) };
    own.runner.version = { stdout: '4.3.1,Podman Engine,Conmon,OCI Runtime (runc),Engine\n' };
    await own.get('/stats').expect(500, {
      statusCode: 500,
      code: 'docker_unsupported',
      message:
        "Error: Podman 4.3.1 is not supported yet, and gives wrong figures. To fix: set DOCKER_BIN to Docker's own CLI, and DOCKER_HOST to a Docker engine.",
    });
    await own.client.get('/stats').set('X-API-Key', 'scoped-key-0123456789').expect(500, {
      statusCode: 500,
      code: 'docker_unsupported',
      message:
        "Error: Podman is not supported yet. To fix: set DOCKER_BIN to Docker's own CLI, and DOCKER_HOST to a Docker engine.",
    });
    await own.app.close();
  });

  it('respond with 200 after docker recovers', async () => {
    test.runner.stats = failure('Cannot connect to the Docker daemon');
    await test.get('/stats').expect(500);
    test.runner.stats = { stdout: row() };
    await expect.poll(async () => (await test.get('/stats')).status).toBe(200);
  });

  it('do not expose the message of an internal error', async () => {
    test.runner.stats = new TypeError('secret detail');
    await test
      .get('/stats')
      .expect(500, { statusCode: 500, code: 'internal', message: 'Internal server error' });
  });
});
