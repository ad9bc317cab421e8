import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ErrorBody, FullStats } from 'docker-stats-client';
import { placeholderRow, row } from '../support/docker-rows.js';
import { EventStream } from '../support/event-stream.js';
import { failure, type FakeCommandRunner } from '../support/fake-command-runner.js';
import { bootApp, type TestApp } from '../support/test-app.js';

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

/** A GET with one of the keys. */
function get(key: Key, path: string): ReturnType<typeof test.client.get> {
  return test.client.get(path).set('X-API-Key', KEYS[key]);
}

interface Named {
  readonly name: string;
}

/** The names in an answer of either view. */
async function namesFor(key: Key, path: string): Promise<string[]> {
  const body = (await get(key, path).expect(200)).body as Named[] | { containers: Named[] };
  return (Array.isArray(body) ? body : body.containers).map(({ name }) => name);
}

async function skippedFor(key: Key): Promise<unknown> {
  const { body } = await get(key, '/stats?view=full').expect(200);
  return (body as FullStats).skipped;
}

async function errorFor(key: Key): Promise<unknown> {
  const { body } = await get(key, '/stats').set('Cache-Control', 'no-cache').expect(500);
  return (body as ErrorBody).message;
}

describe('a key with a scope', () => {
  it.each(['/stats', '/stats?view=full', '/stats?name=*', '/stats?name=*&view=full&name=db'])(
    'sees its containers alone: %s',
    async (path) => {
      expect(await namesFor('all', path)).toEqual(['db', 'web-1', 'web-2']);
      expect(await namesFor('web', path)).toEqual(['web-1', 'web-2']);
      expect(await namesFor('one', path)).toEqual(['web-2']);
      expect(await namesFor('none', path)).toEqual([]);
    },
  );

  it('cannot widen its scope by names', async () => {
    expect(await namesFor('web', '/stats?name=db')).toEqual([]);
    expect(await namesFor('web', '/stats?name=web-1')).toEqual(['web-1']);
  });

  it('is told of no other rows that were skipped, nor of such as may be of others', async () => {
    expect(await skippedFor('all')).toHaveLength(4);
    expect(await skippedFor('web')).toEqual([{ container: 'web-job', reason: 'restarting' }]);
    expect(await skippedFor('none')).toEqual([]);
  });

  it('gets no other container, as if there was none', async () => {
    await get('web', '/containers/web-1/stats').expect(200);
    const answerFor = async (reference: string): Promise<unknown> =>
      (await get('web', `/containers/${reference}/stats`).expect(404)).body;
    for (const [hidden, none] of [
      ['db', 'dc'],
      [`${'b'.repeat(63)}d`, 'f'.repeat(64)],
      ['secret-job', 'no-such-job'],
      ['cccccccccccc', 'dddddddddddd'],
    ] as const) {
      expect(await answerFor(hidden)).toEqual(await answerFor(none));
    }
  });

  it('does not learn of others by an id that fits several', async () => {
    await get('all', `/containers/${'b'.repeat(12)}/stats`).expect(400);
    const { body } = await get('web', `/containers/${'b'.repeat(12)}/stats`).expect(200);
    expect(body).toMatchObject({ name: 'web-2' });
  });

  it('has ETags of its own, also where it sees the same', async () => {
    const etagFor = async (key: Key, name: string): Promise<string | undefined> =>
      (await get(key, `/stats?name=${name}`).expect(200)).headers['etag'];
    const etags = [
      await etagFor('all', 'web-2'),
      await etagFor('web', 'web-2'),
      await etagFor('one', 'web-2'),
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

  it('sees its containers alone in a stream', async () => {
    const url = `${await test.app.getUrl()}/stats/stream?view=full`;
    const stream = await EventStream.open(url, { 'X-API-Key': KEYS.one });
    const events = await stream.receives(2);
    stream.close();
    for (const { data = '' } of events) {
      const { containers, skipped } = JSON.parse(data) as {
        containers: { name: string }[];
        skipped: unknown;
      };
      expect([containers.map(({ name }) => name), skipped]).toEqual([['web-2'], []]);
    }
  });

  it('does not get the words of docker, which may name others', async () => {
    const FIX =
      'To fix: run `docker stats --no-stream` by hand, as the user and in the environment of this service.';
    test.runner.stats = failure('Error response from daemon: container secret-job is in a bad way');
    expect(await errorFor('all')).toBe(
      `Error: Error response from daemon: container secret-job is in a bad way. ${FIX}`,
    );
    expect(await errorFor('web')).toBe(`Error: the docker CLI failed. ${FIX}`);
    const stream = await EventStream.open(`${await test.app.getUrl()}/stats/stream`, {
      'X-API-Key': KEYS.web,
    });
    await expect
      .poll(() => stream.events.find(({ event }) => event === 'error')?.data)
      .toContain('the docker CLI failed');
    expect(stream.text).not.toContain('secret-job');
    stream.close();
  });
});
