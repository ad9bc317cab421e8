import type { ContainerHistory, History } from 'docker-stats-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SOURCES } from '../../support/contract/stats-scene.js';
import { row } from '../../support/docker/docker-rows.js';
import { DB, HistoryScene, TIMES, WEB } from '../../support/history/history-scene.js';

describe.each(SOURCES)('With %s, GET /containers/{name or id}/stats/history', (source) => {
  let scene: HistoryScene;
  beforeEach(async () => {
    scene = await HistoryScene.start(source);
  });
  afterEach(() => scene.close());

  it.each([
    ['name', 'web-1'],
    ['id', WEB.ID],
    ['id prefix', WEB.ID.slice(0, 12)],
  ])('returns one container by its %s, although it has ended', async (_how, reference) => {
    await scene.sampleThrice();
    const { body } = await scene.test
      .get(`/containers/${reference}/stats/history?fields=cpuUsage`)
      .expect(200);
    expect(body).toEqual({
      sampledAt: TIMES,
      containers: [{ ...scene.test.hostField, id: WEB.ID, name: 'web-1', cpuUsage: [10, 30, null] }],
    });
  });

  it('returns the container seen last, if several had the name', async () => {
    await scene.sample(0, [row({ ...WEB, ID: 'e'.repeat(64) })]);
    await scene.sample(2, [row(WEB)]);
    const { body } = await scene.test.get('/containers/web-1/stats/history');
    expect((body as History).containers.map(({ id }: ContainerHistory) => id)).toEqual([WEB.ID]);
  });

  it('responds with 404 to an unknown container', async () => {
    await scene.sampleThrice();
    const message = 'The history has no container with this name or id';
    await scene.test
      .get('/containers/nosuch/stats/history')
      .expect(404, { statusCode: 404, code: 'not_found', message });
  });

  it('responds with 400 if several containers have the id prefix', async () => {
    await scene.sample(0, [
      row({ ...WEB, ID: `${'a'.repeat(12)}1` }),
      row({ ...DB, ID: `${'a'.repeat(12)}2` }),
    ]);
    const message = 'Ambiguous id: 2 containers match; use a longer id prefix';
    await scene.test
      .get(`/containers/${'a'.repeat(12)}/stats/history`)
      .expect(400, { statusCode: 400, code: 'invalid_request', message });
  });
});
