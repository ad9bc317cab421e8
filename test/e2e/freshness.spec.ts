import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FullStats } from 'docker-stats-client';
import { StatsSampler } from '../../src/sampling/stats-sampler.js';
import { row } from '../support/docker-rows.js';
import { FakeClock } from '../support/fake-clock.js';
import { failure, FakeCommandRunner } from '../support/fake-command-runner.js';
import { bootApp, KEY, type TestApp } from '../support/test-app.js';

const MANY_ROWS = Array.from({ length: 50 }, (_, n) =>
  row({ Name: `web-${n}`, ID: `${n}`.padStart(64, 'a') }),
);

let clock: FakeClock;
let test: TestApp<FakeCommandRunner>;
beforeEach(async () => {
  clock = new FakeClock();
  test = await bootApp(
    {
      STATS_IDLE_AFTER_MS: '0', // runs for those who wait, and no others
    },
    { runner: new FakeCommandRunner(), clock },
  );
  test.runner.stats = { stdout: row() };
});
afterEach(() => test.app.close());

/** How many times docker was asked for figures. */
function runs(): number {
  return test.runner.commands.filter(({ args }) => args[0] === 'stats').length;
}

describe('an answer', () => {
  it.each(['/stats', '/stats?view=full', '/stats?name=my-*', '/containers/my-app/stats'])(
    'to GET %s says how old it is, and how long it is good for',
    async (path) => {
      const before = Date.now();
      const fresh = await test.get(path);
      expect(fresh.status).toBe(200);
      expect(fresh.headers).toMatchObject({
        age: '0',
        'cache-control': 'private, max-age=5',
        etag: expect.stringMatching(/^(W\/)?"[\w-]{22}"$/) as string,
      });
      const sampledAt = fresh.headers['x-sampled-at'] ?? '';
      expect(Date.parse(sampledAt)).toBeGreaterThanOrEqual(before);
      expect(new Date(sampledAt).toISOString()).toBe(sampledAt);

      await clock.advance(1999);
      const { headers } = await test.get(path);
      expect(headers).toMatchObject({ age: '1', 'x-sampled-at': sampledAt, etag: fresh.headers['etag'] });
      expect(runs()).toBe(1);
    },
  );

  it('says in the full view what the headers say', async () => {
    await test.get('/stats');
    await clock.advance(1900);
    const { headers, body } = await test.get('/stats?view=full');
    expect(body).toMatchObject({ ageMs: 1900, sampledAt: headers['x-sampled-at'] });
  });

  it('follows the settings', async () => {
    const own = await bootApp({ STATS_MAX_AGE_MS: '90999', STATS_IDLE_AFTER_MS: '0' });
    const { headers } = await own.get('/stats');
    expect(headers).toMatchObject({ 'cache-control': 'private, max-age=90' });
    await own.app.close();
  });

  it("of docker's failure is not kept by anybody", async () => {
    test.runner.stats = failure('Cannot connect to the Docker daemon');
    const { status, headers } = await test.get('/stats');
    expect(status).toBe(500);
    expect(headers).toMatchObject({ 'cache-control': 'no-store' });
    for (const name of ['age', 'etag', 'x-sampled-at']) expect(headers).not.toHaveProperty(name);
  });
});

describe('a sample', () => {
  it('is taken once for all who ask', async () => {
    const paths = ['/stats', '/stats?view=full', '/containers/my-app/stats'];
    const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => test.get(paths[n % 3] ?? '')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(runs()).toBe(1);
  });

  it('is not served past its max age', async () => {
    await test.get('/stats').expect(200);
    await clock.advance(5000);
    await test.get('/stats').expect(200);
    expect(runs()).toBe(1);
    await clock.advance(1);
    await test.get('/stats').expect('Age', '0');
    expect(runs()).toBe(2);
  });

  it('is not waited for by clients that have gone', async () => {
    const logged = vi.spyOn(Logger.prototype, 'error');
    let endRun!: (answer: object) => void;
    test.runner.stats = new Promise<object>((resolve) => (endRun = resolve));
    const read = vi.spyOn(test.app.get(StatsSampler), 'read');
    const gone = new AbortController();
    const url = `${await test.app.getUrl()}/stats`;
    const asking = Array.from({ length: 20 }, () =>
      fetch(url, { headers: { 'X-API-Key': KEY }, signal: gone.signal }).catch((error: unknown) => error),
    );
    await expect.poll(() => read.mock.calls.length).toBe(20);
    gone.abort();
    await Promise.all(asking);
    const outcomes = await Promise.allSettled(
      read.mock.results.map(({ value }) => value as Promise<unknown>),
    );
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['rejected']));
    endRun({ stdout: row() });
    await test.get('/stats').expect(200);
    expect(runs()).toBe(1);
    expect(logged).not.toHaveBeenCalled();
  });
});

describe('Cache-Control of a request', () => {
  it.each(['no-cache', 'max-age=0', 'No-Cache, foo="bar, max-age=9"'])(
    '%s asks for a sample that ends after it came',
    async (cacheControl) => {
      await test.get('/stats').expect(200);
      await clock.advance(1);
      await test.get('/stats').set('Cache-Control', cacheControl).expect(200).expect('Age', '0');
      expect(runs()).toBe(2);
    },
  );

  it('max-age=N asks for a sample at most N seconds old', async () => {
    await test.get('/stats').expect(200);
    await clock.advance(2000);
    await test.get('/stats').set('Cache-Control', 'max-age=2').expect('Age', '2');
    expect(runs()).toBe(1);
    await clock.advance(1);
    await test.get('/containers/my-app/stats').set('Cache-Control', 'max-age=2').expect('Age', '0');
    expect(runs()).toBe(2);
  });

  it('cannot ask for an older one than the service serves', async () => {
    await test.get('/stats').expect(200);
    await clock.advance(5001);
    await test.get('/stats').set('Cache-Control', 'max-age=3600').expect('Age', '0');
  });

  it.each(['max-age=x', 'max-age', 'max-age=-1', 'max-age = 0', 'nonsense', '=;,"'])(
    'is ignored when it is malformed: %s',
    async (cacheControl) => {
      await test.get('/stats').expect(200);
      await clock.advance(3000);
      await test.get('/stats').set('Cache-Control', cacheControl).expect(200).expect('Age', '3');
      expect(runs()).toBe(1);
    },
  );
});

describe('If-None-Match', () => {
  it.each(['/stats', '/stats?view=full', '/stats?name=my-*', '/containers/my-app/stats'])(
    'of the current answer to GET %s is answered 304, without a body',
    async (path) => {
      const { headers } = await test.get(path);
      const etag = headers['etag'] ?? '';
      await clock.advance(1000);
      for (const value of [etag, `W/${etag.replace('W/', '')}`, `"other", ${etag}`, '*']) {
        const unchanged = await test.get(path).set('If-None-Match', value);
        expect(unchanged.status).toBe(304);
        expect(unchanged.text).toBe('');
        expect(unchanged.headers).toMatchObject({
          age: '1',
          etag,
          'cache-control': 'private, max-age=5',
          'x-sampled-at': headers['x-sampled-at'],
        });
      }
    },
  );

  it('of the sample before is answered with the new one, although the figures are the same', async () => {
    const first = await test.get('/stats');
    await clock.advance(6000);
    const second = await test.get('/stats').set('If-None-Match', first.headers['etag'] ?? '');
    expect(second.status).toBe(200);
    expect(second.body).toEqual(first.body);
    expect(second.headers['etag']).not.toBe(first.headers['etag']);
  });

  it('of another view or selection is another one', async () => {
    const paths = [
      '/stats',
      '/stats?view=full',
      '/stats?name=x',
      '/stats?view=full&name=x',
      '/containers/my-app/stats',
    ];
    const answers = await Promise.all(paths.map((path) => test.get(path)));
    expect(new Set(answers.map(({ headers }) => headers['etag'])).size).toBe(paths.length);
  });
});

describe('HEAD', () => {
  it.each(['/stats', '/stats?view=full', '/containers/my-app/stats'])(
    '%s is GET without the body',
    async (path) => {
      const { headers } = await test.get(path);
      const head = await test.client.head(path).set('X-API-Key', KEY);
      expect(head.status).toBe(200);
      expect(head.text).toBeUndefined();
      for (const name of ['content-length', 'content-type', 'etag', 'age', 'x-sampled-at', 'cache-control']) {
        expect(head.headers[name]).toBe(headers[name]);
      }
      await test.client
        .head(path)
        .set('X-API-Key', KEY)
        .set('If-None-Match', headers['etag'] ?? '')
        .expect(304);
    },
  );

  it('takes a sample when there is none', async () => {
    await test.client.head('/stats').set('X-API-Key', KEY).expect(200).expect('Age', '0');
    expect(runs()).toBe(1);
  });
});

describe('compression', () => {
  beforeEach(() => {
    test.runner.stats = { stdout: MANY_ROWS.join('') };
  });

  it.each(['/stats', '/stats?view=full'])('of %s is used where the client accepts it', async (path) => {
    const plain = await test.get(path).set('Accept-Encoding', 'identity');
    expect(plain.headers).toMatchObject({
      vary: 'Accept, Accept-Encoding, Authorization, Origin, X-API-Key',
    });
    expect(plain.headers).not.toHaveProperty('content-encoding');
    const packed = await test.get(path).set('Accept-Encoding', 'br, gzip, deflate');
    expect(packed.headers).toMatchObject({
      'content-encoding': 'gzip',
      vary: 'Accept, Accept-Encoding, Authorization, Origin, X-API-Key',
      etag: plain.headers['etag']?.replace(/"$/, '-gzip"'),
    });
    expect(Number(packed.headers['content-length'])).toBeLessThan(
      Number(plain.headers['content-length']) / 3,
    );
    expect(packed.body).toEqual(plain.body); // the clock stands: also the age
    await test
      .get(path)
      .set('Accept-Encoding', 'gzip')
      .set('If-None-Match', packed.headers['etag'] ?? '')
      .expect(304);
  });

  it('keeps the age in the body right', async () => {
    await test.get('/stats?view=full').set('Accept-Encoding', 'gzip');
    await clock.advance(1234);
    const { headers, body } = await test.get('/stats?view=full').set('Accept-Encoding', 'gzip');
    expect(headers).toMatchObject({ 'content-encoding': 'gzip' });
    expect((body as FullStats).ageMs).toBe(1234);
    expect((body as FullStats).containers).toHaveLength(50);
  });

  it.each(['gzip;q=0', 'br', 'deflate, identity', 'identity, gzip;q=0.5', ''])(
    'is not used for Accept-Encoding: %s',
    async (accepted) => {
      const { headers, body } = await test.get('/stats').set('Accept-Encoding', accepted);
      expect(headers).not.toHaveProperty('content-encoding');
      expect(body).toHaveLength(50);
    },
  );

  it('is not used for small bodies', async () => {
    const { headers } = await test.get('/stats?name=web-1').set('Accept-Encoding', 'gzip');
    expect(headers).not.toHaveProperty('content-encoding');
    expect(headers).toMatchObject({ vary: 'Accept, Accept-Encoding, Authorization, Origin, X-API-Key' });
  });
});
