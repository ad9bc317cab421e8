import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ErrorBody, FullStats } from 'docker-stats-client';
import { placeholderRow, row } from '../../support/docker/docker-rows.js';
import { EventStream } from '../../support/http/event-stream.js';
import { failure, type FakeCommandRunner } from '../../support/docker/fake-command-runner.js';
import { bootApp, type TestApp } from '../../support/service/test-app.js';

const KEYS = {
  all: 'all-key-0123456789',
  web: 'web-key-0123456789',
  one: 'one-key-0123456789',
  none: 'none-key-0123456789',
};
type Key = keyof typeof KEYS;

const STDOUT = [
  row({ Name: 'web-1', ID: 'a'.repeat(64) }),
  row({ Name: 'web-2', ID: 'b'.repeat(64) }),
  row({ Name: 'db', ID: `${'b'.repeat(63)}d` }),
  row({ Name: 'web-job', MemUsage: '0B / 0B', PIDs: '0', ID: 'e'.repeat(64) }),
  row({ Name: 'secret-job', MemUsage: '0B / 0B', PIDs: '0', ID: 'f'.repeat(64) }),
  placeholderRow('cccccccccccc'),
  'no row at all\n',
].join('');

let test: TestApp<FakeCommandRunner>;
beforeAll(async () => {
  const { all, web, one, none } = KEYS;
  test = await bootApp({
    API_KEYS: `all:${all},web:${web};containers=web-*,one:${one};containers=web-2|w?b-2,none:${none};containers=x-*`,
    STATS_INTERVAL_MS: '100',
    STATS_IDLE_AFTER_MS: '0', // no new sample between two requests, which would have another ETag
  });
});
beforeEach(() => {
  test.runner.stats = { stdout: STDOUT };
});
afterAll(() => test.app.close());

function get(key: Key, path: string): ReturnType<typeof test.client.get> {
  return test.client.get(path).set('X-API-Key', KEYS[key]);
}

interface Named {
  readonly name: string;
}

/** The container names in a response of either view. */
async function getNames(key: Key, path: string): Promise<string[]> {
  const body = (await get(key, path).expect(200)).body as Named[] | { containers: Named[] };
  return (Array.isArray(body) ? body : body.containers).map(({ name }) => name);
}

async function getSkipped(key: Key): Promise<unknown> {
  const { body } = await get(key, '/stats?view=full').expect(200);
  return (body as FullStats).skipped;
}

async function getErrorMessage(key: Key): Promise<unknown> {
  const { body } = await get(key, '/stats').set('Cache-Control', 'no-cache').expect(500);
  return (body as ErrorBody).message;
}

describe('An API key with a scope', () => {
  it.each(['/stats', '/stats?view=full', '/stats?name=*', '/stats?name=*&view=full&name=db'])(
    'gets only its own containers from %s',
    async (path) => {
      expect(await getNames('all', path)).toEqual(['db', 'web-1', 'web-2']);
      expect(await getNames('web', path)).toEqual(['web-1', 'web-2']);
      expect(await getNames('one', path)).toEqual(['web-2']);
      expect(await getNames('none', path)).toEqual([]);
    },
  );

  it('cannot widen its scope with ?name=', async () => {
    expect(await getNames('web', '/stats?name=db')).toEqual([]);
    expect(await getNames('web', '/stats?name=web-1')).toEqual(['web-1']);
  });

  it('gets only the skipped rows that are certainly of its own containers', async () => {
    expect(await getSkipped('all')).toHaveLength(4);
    expect(await getSkipped('web')).toMatchObject([{ container: 'web-job', reason: 'restarting' }]);
    expect(await getSkipped('none')).toEqual([]);
  });

  it('gets the same 404 for a hidden container as for a missing one', async () => {
    await get('web', '/containers/web-1/stats').expect(200);
    const getNotFoundBody = async (reference: string): Promise<unknown> =>
      (await get('web', `/containers/${reference}/stats`).expect(404)).body;
    for (const [hidden, none] of [
      ['db', 'dc'],
      [`${'b'.repeat(63)}d`, 'f'.repeat(64)],
      ['secret-job', 'no-such-job'],
      ['cccccccccccc', 'dddddddddddd'],
    ] as const) {
      expect(await getNotFoundBody(hidden)).toEqual(await getNotFoundBody(none));
    }
  });

  it('gets its own container by an id prefix that is ambiguous for other keys', async () => {
    await get('all', `/containers/${'b'.repeat(12)}/stats`).expect(400);
    const { body } = await get('web', `/containers/${'b'.repeat(12)}/stats`).expect(200);
    expect(body).toMatchObject({ name: 'web-2' });
  });

  it('has its own ETags, even for the same containers', async () => {
    const getEtag = async (key: Key, name: string): Promise<string | undefined> =>
      (await get(key, `/stats?name=${name}`).expect(200)).headers['etag'];
    const etags = [
      await getEtag('all', 'web-2'),
      await getEtag('web', 'web-2'),
      await getEtag('one', 'web-2'),
    ];
    expect(new Set(etags).size).toBe(3);
    const { headers } = await get('web', '/stats').expect(200);
    await get('web', '/stats')
      .set('If-None-Match', headers['etag'] ?? '')
      .expect(304);
    await get('all', '/stats')
      .set('If-None-Match', headers['etag'] ?? '')
      .expect(200);
    expect(headers['vary']).toBe('Accept, Accept-Encoding, Authorization, Origin, X-API-Key');
  });

  it('gets only its own containers from /stats/stream', async () => {
    const url = `${await test.app.getUrl()}/stats/stream?view=full`;
    const stream = await EventStream.open(url, { 'X-API-Key': KEYS.one });
    const events = await stream.waitForEvents(2);
    stream.close();
    for (const { data = '' } of events) {
      const { containers, skipped } = JSON.parse(data) as {
        containers: { name: string }[];
        skipped: unknown;
      };
      expect([containers.map(({ name }) => name), skipped]).toEqual([['web-2'], []]);
    }
  });

  it('does not get the error messages of docker, which may name other containers', async () => {
    const FIX =
      'To fix: run `docker stats --no-stream` by hand, as the user and in the environment of this service.';
    test.runner.stats = failure('Error response from daemon: container secret-job is in a bad way');
    expect(await getErrorMessage('all')).toBe(
      `Error: Error response from daemon: container secret-job is in a bad way. ${FIX}`,
    );
    expect(await getErrorMessage('web')).toBe(`Error: The docker CLI failed. ${FIX}`);
    const stream = await EventStream.open(`${await test.app.getUrl()}/stats/stream`, {
      'X-API-Key': KEYS.web,
    });
    await expect
      .poll(() => stream.events.find(({ event }) => event === 'error')?.data)
      .toContain('The docker CLI failed');
    expect(stream.text).not.toContain('secret-job');
    stream.close();
  });
});
