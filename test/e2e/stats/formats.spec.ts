import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  addHostToCsv,
  addHostToTable,
  bootScene,
  SOURCES,
  type StatsScene,
} from '../../support/contract/stats-scene.js';
import { psRow, row } from '../../support/docker/docker-rows.js';
import { KEY } from '../../support/service/test-app.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const CSV = 'text/csv; charset=utf-8; header=present';
const TEXT = 'text/plain; charset=utf-8';

const DB_ID = '0123456789ab'.padEnd(64, '1');

describe.each(SOURCES)('With %s,', (source) => {
  let test: StatsScene;

  beforeEach(async () => {
    test = await bootScene(source);
    test.runner.stats = { stdout: row({ Name: 'web-1' }) + row({ Name: 'db', ID: DB_ID, CPUPerc: '0.00%' }) };
    test.runner.ps = { stdout: psRow() + psRow({ ID: DB_ID, Names: 'db' }) };
  });

  afterEach(() => test.close());

  describe('GET /stats', () => {
    it.each([
      [undefined, JSON_TYPE],
      ['*/*', JSON_TYPE],
      ['application/json', JSON_TYPE],
      ['application/json, text/plain, */*', JSON_TYPE],
      ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', JSON_TYPE],
      ['text/html', JSON_TYPE],
      ['text/event-stream', JSON_TYPE],
      ['image/png', JSON_TYPE],
      ['text/csv;q=0', JSON_TYPE],
      ['text/', JSON_TYPE],
      ['text/csv; q=0.5, application/json', JSON_TYPE],
      ['text/csv', CSV],
      ['TEXT/CSV', CSV],
      ['text/csv, */*;q=0.1', CSV],
      ['text/html, text/csv;q=0.9, */*;q=0.8', CSV],
      ['text/plain', TEXT],
      ['text/*', TEXT],
      ['text/csv;q=0.5, text/plain', TEXT],
    ])('with Accept: %s returns %s', async (accept, type) => {
      const request = test.get('/stats');
      const { status, headers } = await (accept === undefined ? request : request.set('Accept', accept));
      expect(status).toBe(200);
      expect(headers['content-type']).toBe(type);
      expect(headers['vary']).toBe('Accept, Accept-Encoding, Authorization, Origin, X-API-Key');
    });

    it.each([
      ['csv', 'application/json', CSV],
      ['text', 'text/csv', TEXT],
      ['json', 'text/csv', JSON_TYPE],
      ['csv', '*/*', CSV],
    ])('with ?format=%s ignores Accept: %s', async (format, accept, type) => {
      const { status, headers } = await test.get(`/stats?format=${format}`).set('Accept', accept);
      expect(status).toBe(200);
      expect(headers['content-type']).toBe(type);
      expect(headers['vary']).toBe('Accept, Accept-Encoding, Authorization, Origin, X-API-Key');
    });

    it('returns CSV', async () => {
      const { text } = await test.get('/stats').set('Accept', 'text/csv');
      expect(text).toBe(addHostToCsv(test, ['name,cpuUsage,memoryUsage', 'db,0,102.9', 'web-1,12.45,102.9']));
    });

    it('returns the table of docker stats as text', async () => {
      const { text } = await test.get('/stats?view=full').set('Accept', 'text/plain');
      expect(text.split('\n')).toEqual(
        addHostToTable(test, [
          'CONTAINER ID   NAME      CPU %     MEM USAGE / LIMIT   MEM %     NET I/O       BLOCK I/O   PIDS      IMAGE        PROJECT   SERVICE   STATE     HEALTH    CREATED',
          '0123456789ab   db        0.00%     102.9MiB / 1GiB     10.05%    1.02kB / 0B   1MB / 2MB   7         nginx:1.29   shop      web       running   healthy   2026-11-24T11:28:59Z',
          '0123456789ab   web-1     12.45%    102.9MiB / 1GiB     10.05%    1.02kB / 0B   1MB / 2MB   7         nginx:1.29   shop      web       running   healthy   2026-11-24T11:28:59Z',
        ]),
      );
    });

    it.each(['text/csv', 'text/plain'])('filters by name in %s', async (type) => {
      const { text } = await test.get('/stats?name=web-*').set('Accept', type);
      expect(text).toContain('web-1');
      expect(text).not.toContain('db');
    });

    it.each(['text/csv', 'text/plain'])('responds to HEAD with the headers of %s', async (type) => {
      const full = await test.get('/stats').set('Accept', type);
      const { headers, text } = await test.client.head('/stats').set({ 'X-API-Key': KEY, Accept: type });
      expect(headers['content-length']).toBe(String(full.text.length));
      expect(text).toBeUndefined();
    });

    it('has a separate ETag for each format', async () => {
      const types = ['application/json', 'text/csv', 'text/plain'];
      const etags: string[] = [];
      for (const type of types) {
        // oxlint-disable-next-line no-await-in-loop -- the same sample
        const { headers } = await test.get('/stats').set('Accept', type);
        etags.push(String(headers['etag']));
      }
      expect(new Set(etags).size).toBe(3);
      const [json = '', csv = ''] = etags;
      await test.get('/stats').set({ Accept: 'text/csv', 'If-None-Match': csv }).expect(304);
      await test.get('/stats').set({ Accept: 'text/csv', 'If-None-Match': json }).expect(200);
    });

    it.each(['text/csv', 'text/plain'])('returns errors as JSON, even with Accept: %s', async (type) => {
      const { status, headers, body } = await test.get('/stats?view=none').set('Accept', type);
      expect(status).toBe(400);
      expect(headers['content-type']).toBe(JSON_TYPE);
      expect(body).toMatchObject({ code: 'invalid_request' });
    });
  });

  it('GET /stats/stream rejects ?format=', async () => {
    const { body } = await test.get('/stats/stream?format=csv').expect(400);
    expect(body).toMatchObject({
      message:
        'Unknown query parameter "format"; allowed: api_key, health, host, image, limit, name, project, service, sort, view',
    });
  });

  it.each(['text/csv', 'text/plain'])(
    'GET /containers/{name}/stats returns JSON, even with Accept: %s',
    async (type) => {
      const { headers } = await test.get('/containers/db/stats').set('Accept', type);
      expect(headers['content-type']).toBe(JSON_TYPE);
    },
  );
});
