import type { Test } from 'supertest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { row } from '../../support/docker/docker-rows.js';
import { FakeClock } from '../../support/sampling/fake-clock.js';
import { FakeCommandRunner } from '../../support/docker/fake-command-runner.js';
import { bootApp, type TestApp } from '../../support/service/test-app.js';

let clock: FakeClock;
let test: TestApp<FakeCommandRunner>;
beforeEach(async () => {
  clock = new FakeClock();
  test = await bootApp(
    {
      STATS_IDLE_AFTER_MS: '0', // no background runs
    },
    { runner: new FakeCommandRunner(), clock },
  );
  test.runner.stats = { stdout: row() };
});
afterEach(() => test.app.close());

/** The number of docker stats runs. */
function countRuns(): number {
  return test.runner.commands.filter(({ args }) => args[0] === 'stats').length;
}

describe('request header Cache-Control:', () => {
  it.each(['no-cache', 'max-age=0', 'No-Cache, foo="bar, max-age=9"'])(
    '%s requires a sample that ends after the request arrived',
    async (cacheControl) => {
      await test.get('/stats').expect(200);
      await clock.advance(1);
      await test.get('/stats').set('Cache-Control', cacheControl).expect(200).expect('Age', '0');
      expect(countRuns()).toBe(2);
    },
  );

  it('max-age=N requires a sample at most N seconds old', async () => {
    await test.get('/stats').expect(200);
    await clock.advance(2000);
    await test.get('/stats').set('Cache-Control', 'max-age=2').expect('Age', '2');
    expect(countRuns()).toBe(1);
    await clock.advance(1);
    await test.get('/containers/my-app/stats').set('Cache-Control', 'max-age=2').expect('Age', '0');
    expect(countRuns()).toBe(2);
  });

  it('max-age=N is capped at STATS_MAX_AGE_MS', async () => {
    await test.get('/stats').expect(200);
    await clock.advance(5001);
    await test.get('/stats').set('Cache-Control', 'max-age=3600').expect('Age', '0');
  });

  it.each(['max-age=x', 'max-age', 'max-age=-1', 'max-age = 0', 'nonsense', '=;,"'])(
    '%s is malformed and ignored',
    async (cacheControl) => {
      await test.get('/stats').expect(200);
      await clock.advance(3000);
      await test.get('/stats').set('Cache-Control', cacheControl).expect(200).expect('Age', '3');
      expect(countRuns()).toBe(1);
    },
  );
});

describe('request header Cache-Control: max-stale', () => {
  it('returns a stale sample at once; the next request gets a new one', async () => {
    const first = await test.get('/stats');
    await clock.advance(15_000);
    const stale = await test.get('/stats').set('Cache-Control', 'max-stale=10').expect(200);
    expect(stale.headers).toMatchObject({ age: '15', 'x-sampled-at': first.headers['x-sampled-at'] });
    await test.get('/stats').expect('Age', '0');
    expect(countRuns()).toBe(2);
  });

  it('waits for a new sample if the old one is too stale', async () => {
    await test.get('/stats');
    await clock.advance(15_001);
    await test.get('/stats').set('Cache-Control', 'max-stale=10').expect('Age', '0');
  });

  it('without a number allows any age', async () => {
    await test.get('/stats');
    await clock.advance(86_400_000);
    await test.get('/stats').set('Cache-Control', 'max-stale').expect('Age', '86400');
  });

  it.each(['/stats?name=my-*', '/containers/my-app/stats', '/stats?view=full', '/stats?format=csv'])(
    'also applies to GET %s with a key that has a scope',
    async (path) => {
      const own = await bootApp(
        { API_KEYS: 'web:web-key-0123456789;containers=my-*', STATS_IDLE_AFTER_MS: '0' },
        { runner: new FakeCommandRunner(), clock },
      );
      own.runner.stats = { stdout: row() };
      const get = (): Test => own.client.get(path).set('X-API-Key', 'web-key-0123456789');
      await get().expect(200);
      await clock.advance(20_000);
      own.runner.stats = new Promise(() => undefined); // the new run never ends
      await get().set('Cache-Control', 'max-stale=60').expect(200).expect('Age', '20');
      await own.app.close();
    },
  );

  it('also applies to GET /metrics', async () => {
    await test.get('/metrics').expect(200);
    await clock.advance(20_000);
    const { text } = await test.get('/metrics').set('Cache-Control', 'max-stale=60');
    expect(text).toContain('docker_stats_api_sample_age_seconds 20');
  });
});

describe('request header Cache-Control: only-if-cached', () => {
  it.each(['/stats', '/stats?name=my-*', '/containers/my-app/stats', '/metrics'])(
    'gives 504 at once for GET %s without a fresh sample, and starts no run',
    async (path) => {
      const { status, body } = await test.get(path).set('Cache-Control', 'only-if-cached');
      expect({ status, body }).toEqual({
        status: 504,
        body: {
          statusCode: 504,
          code: 'not_cached',
          message: 'No sample is fresh enough; send the request without only-if-cached to wait for one',
        },
      });
      expect(countRuns()).toBe(0);
    },
  );

  it('returns a sample that is fresh, or not too stale', async () => {
    await test.get('/stats');
    await clock.advance(5000);
    await test.get('/stats').set('Cache-Control', 'only-if-cached').expect(200).expect('Age', '5');
    await clock.advance(1000);
    await test.get('/stats').set('Cache-Control', 'only-if-cached').expect(504);
    await test
      .get('/stats')
      .set('Cache-Control', 'only-if-cached, max-stale=1')
      .expect(200)
      .expect('Age', '6');
  });
});
