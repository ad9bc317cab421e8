import type { FullStats } from 'docker-stats-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootScene, SOURCES, type StatsScene } from '../../support/contract/stats-scene.js';
import { placeholderRow, PS_DETAILS, psRow, row, ROW_FIGURES } from '../../support/docker/docker-rows.js';
import { KEY } from '../../support/service/test-app.js';

const WEB_2 = row({ Name: 'web-2', ID: 'b'.repeat(64), CPUPerc: '0.50%', MemUsage: '512KiB / 1GiB' });
const WEB_1 = row({ Name: 'web-1', ID: 'a'.repeat(64), CPUPerc: '117.30%' });
const DB = row({ Name: 'db', ID: 'd'.repeat(64), MemUsage: '0B / 0B', MemPerc: '0.00%' });
const NO_COMPOSE = { 'com.docker.compose.project': '', 'com.docker.compose.service': '' };
const ALLOWED = 'allowed: api_key, format, health, host, image, limit, name, project, service, sort, view';
const RESTARTING = row({ Name: 'job', MemUsage: '0B / 0B', PIDs: '0' });

describe.each(SOURCES)('With %s,', (source) => {
  const isFleet = source === 'a fleet';
  let test: StatsScene;

  /** Adds the host to an object, if responses name it. */
  function withHost<T extends object>(value: T): T {
    return { ...test.hostField, ...value };
  }

  beforeEach(async () => {
    test = await bootScene(source);
    test.runner.stats = {
      stdout: WEB_2 + DB + WEB_1 + placeholderRow('cccccccccccc') + RESTARTING,
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
  afterEach(() => test.close());

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
        withHost({ name: 'db', cpuUsage: 12.45, memoryUsage: null }),
        withHost({ name: 'web-1', cpuUsage: 117.3, memoryUsage: 102.9 }),
        withHost({ name: 'web-2', cpuUsage: 0.5, memoryUsage: 0.5 }),
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
        durationMs: isFleet ? (body as FullStats).durationMs : 2042,
        containers: [
          expect.objectContaining({
            name: 'db',
            memoryUsage: null,
            memoryLimit: null,
            memoryPercent: null,
          }) as object,
          withHost({
            id: 'a'.repeat(64),
            name: 'web-1',
            ...PS_DETAILS,
            ...ROW_FIGURES,
            cpuUsage: 117.3,
          }),
          expect.objectContaining({ name: 'web-2' }) as object,
        ],
        skipped: [
          withHost({ container: 'hung', id: 'cccccccccccc', project: null, reason: 'no_reading' }),
          withHost({
            container: 'job',
            id: '0123456789ab'.padEnd(64, '0'),
            project: 'jobs',
            reason: 'restarting',
          }),
        ],
        ...(source !== 'one docker host' && { hosts: (body as FullStats).hosts }),
        ...(isFleet && { warnings: [] }),
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
      expect(body).toStrictEqual(
        withHost({
          id: 'a'.repeat(64),
          name: 'web-1',
          ...PS_DETAILS,
          ...ROW_FIGURES,
          cpuUsage: 117.3,
        }),
      );
    });

    it.each([
      ['an unknown name', 'nosuch', 'No running container has this name or id'],
      ['a restarting container', 'job', 'Docker gives no figures for this container: restarting'],
      [
        'a container without figures',
        'c'.repeat(64),
        'Docker gives no figures for this container: no_reading',
      ],
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
});
