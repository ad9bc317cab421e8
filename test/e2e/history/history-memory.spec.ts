import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { row } from '../../support/docker/docker-rows.js';
import { DB, getNames, HistoryScene, TIMES, WEB } from '../../support/history/history-scene.js';
import { KEY } from '../../support/service/test-app.js';

let scene: HistoryScene;
beforeEach(async () => {
  scene = await HistoryScene.start('one docker host');
});
afterEach(() => scene.close());

describe('The history in memory', () => {
  it('keeps only as many samples as HISTORY_MAX_BYTES allows', async () => {
    await scene.restart({ HISTORY_MAX_BYTES: '1500' });
    await scene.sampleThrice();
    expect((await scene.getHistory()).sampledAt).toEqual(TIMES.slice(2));
  });

  it('filters by name, with wildcards, by the latest name of each container', async () => {
    await scene.sampleThrice();
    await scene.sample(6, [row({ ...DB, Name: 'db-old' })]);
    expect(getNames(await scene.getHistory('?name=db*&name=nosuch'))).toEqual(['db-old']);
    expect(getNames(await scene.getHistory('?name=db'))).toEqual([]);
    expect((await scene.getHistory('?name=db-old')).sampledAt).toHaveLength(4);
  });

  it('returns no container that was renamed to a name outside the scope of the key', async () => {
    const web = 'web-key-0123456789';
    await scene.restart({ API_KEYS: `${KEY},web:${web};containers=web-*` });
    await scene.sampleThrice();
    expect(getNames(await scene.getHistory('', web))).toEqual(['web-1']);
    await scene.sample(6, [row({ ...WEB, Name: 'secret' })]);
    expect(getNames(await scene.getHistory('', web))).toEqual([]);
  });

  it('rejects requests for more than 1,000,000 values, and says what to do', async () => {
    await scene.sample(
      0,
      Array.from({ length: 101 }, (_, n) => row({ Name: `x-${n}`, ID: `${n}`.padStart(64, '0') })),
    );
    const { status, body } = await scene.test.get('/stats/history?points=10000&fields=pids');
    expect({ status, body: body as unknown }).toStrictEqual({
      status: 400,
      body: {
        statusCode: 400,
        code: 'invalid_request',
        message:
          'The response would have 3030000 values; at most 1000000 are allowed. Request fewer "fields", fewer containers with ' +
          '"name" or "limit", a shorter time with "since", or fewer times with "points"',
      },
    });
    await scene.test.get('/stats/history?points=10000&fields=pids&name=x-1?').expect(200);
  });

  it('returns null for a number that is too large, because JSON has no Infinity', async () => {
    await scene.sample(0, [row({ ...DB, CPUPerc: '1e39%' })]);
    expect((await scene.getHistory('?fields=cpuUsage')).containers).toEqual([
      { id: DB.ID, name: 'db', cpuUsage: [null] },
    ]);
    const { text } = await scene.test
      .get('/stats/history?fields=cpuUsage&view=summary&format=csv')
      .expect(200);
    expect(text).toContain(`\r\n${DB.ID},db,1,,,,\r\n`);
  });

  it('accepts a window that starts before 1970', async () => {
    await scene.sampleThrice();
    const { sampledAt, containers } = await scene.getHistory(
      '?since=999999999d&points=2&name=db&fields=pids',
    );
    expect(sampledAt[0]).toBe('1970-01-01T00:00:00.000Z');
    expect(containers[0]?.pids).toEqual([null, 7]);
  });
});
