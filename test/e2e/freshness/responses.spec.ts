import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FullStats } from 'docker-stats-client';
import { getSampler } from '../../support/sampling/get-sampler.js';
import { row } from '../../support/docker/docker-rows.js';
import { FakeClock } from '../../support/sampling/fake-clock.js';
import { failure, FakeCommandRunner } from '../../support/docker/fake-command-runner.js';
import { bootApp, KEY, type TestApp } from '../../support/service/test-app.js';

const MANY_ROWS = Array.from({ length: 50 }, (_, n) =>
  row({ Name: `web-${n}`, ID: `${n}`.padStart(64, 'a') }),
);

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

describe('response', () => {
  it.each(['/stats', '/stats?view=full', '/stats?name=my-*', '/containers/my-app/stats'])(
    'of GET %s has Age, Cache-Control, ETag and X-Sampled-At',
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
      expect(countRuns()).toBe(1);
    },
  );

  it('of GET /stats?view=full has the same age and time in body and headers', async () => {
    await test.get('/stats');
    await clock.advance(1900);
    const { headers, body } = await test.get('/stats?view=full');
    expect(body).toMatchObject({ ageMs: 1900, sampledAt: headers['x-sampled-at'] });
  });

  it('has a max-age that follows STATS_MAX_AGE_MS', async () => {
    const own = await bootApp({ STATS_MAX_AGE_MS: '90999', STATS_IDLE_AFTER_MS: '0' });
    const { headers } = await own.get('/stats');
    expect(headers).toMatchObject({ 'cache-control': 'private, max-age=90' });
    await own.app.close();
  });

  it('has Cache-Control: no-store if docker fails', async () => {
    test.runner.stats = failure('Cannot connect to the Docker daemon');
    const { status, headers } = await test.get('/stats');
    expect(status).toBe(500);
    expect(headers).toMatchObject({ 'cache-control': 'no-store' });
    for (const name of ['age', 'etag', 'x-sampled-at']) expect(headers).not.toHaveProperty(name);
  });
});

describe('sample', () => {
  it('is shared by concurrent requests', async () => {
    const paths = ['/stats', '/stats?view=full', '/containers/my-app/stats'];
    const responses = await Promise.all(Array.from({ length: 60 }, (_, n) => test.get(paths[n % 3] ?? '')));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
    expect(countRuns()).toBe(1);
  });

  it('is not served after STATS_MAX_AGE_MS', async () => {
    await test.get('/stats').expect(200);
    await clock.advance(5000);
    await test.get('/stats').expect(200);
    expect(countRuns()).toBe(1);
    await clock.advance(1);
    await test.get('/stats').expect('Age', '0');
    expect(countRuns()).toBe(2);
  });

  it('is not waited for after the client disconnects', async () => {
    const logged = vi.spyOn(Logger.prototype, 'error');
    let endRun!: (output: object) => void;
    test.runner.stats = new Promise<object>((resolve) => (endRun = resolve));
    const read = vi.spyOn(getSampler(test.app), 'waitForSample');
    const clients = new AbortController();
    const url = `${await test.app.getUrl()}/stats`;
    const requests = Array.from({ length: 20 }, () =>
      fetch(url, { headers: { 'X-API-Key': KEY }, signal: clients.signal }).catch((error: unknown) => error),
    );
    await expect.poll(() => read.mock.calls.length).toBe(20);
    clients.abort();
    await Promise.all(requests);
    const outcomes = await Promise.allSettled(
      read.mock.results.map(({ value }) => value as Promise<unknown>),
    );
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['rejected']));
    endRun({ stdout: row() });
    await test.get('/stats').expect(200);
    expect(countRuns()).toBe(1);
    expect(logged).not.toHaveBeenCalled();
  });
});

describe('request header If-None-Match', () => {
  it.each(['/stats', '/stats?view=full', '/stats?name=my-*', '/containers/my-app/stats'])(
    'with the current ETag of GET %s gives 304 without a body',
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

  it('with the ETag of the previous sample gives 200, even if the figures are the same', async () => {
    const first = await test.get('/stats');
    await clock.advance(6000);
    const second = await test.get('/stats').set('If-None-Match', first.headers['etag'] ?? '');
    expect(second.status).toBe(200);
    expect(second.body).toEqual(first.body);
    expect(second.headers['etag']).not.toBe(first.headers['etag']);
  });

  it('does not match the ETag of another view or selection', async () => {
    const paths = [
      '/stats',
      '/stats?view=full',
      '/stats?name=x',
      '/stats?view=full&name=x',
      '/containers/my-app/stats',
    ];
    const responses = await Promise.all(paths.map((path) => test.get(path)));
    expect(new Set(responses.map(({ headers }) => headers['etag'])).size).toBe(paths.length);
  });
});

describe('HEAD request', () => {
  it.each(['/stats', '/stats?view=full', '/containers/my-app/stats'])(
    'to %s returns the headers of GET without the body',
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

  it('takes a sample if there is none', async () => {
    await test.client.head('/stats').set('X-API-Key', KEY).expect(200).expect('Age', '0');
    expect(countRuns()).toBe(1);
  });
});

describe('compression', () => {
  beforeEach(() => {
    test.runner.stats = { stdout: MANY_ROWS.join('') };
  });

  it.each(['/stats', '/stats?view=full'])('of %s is used if the client accepts gzip', async (path) => {
    const plain = await test.get(path).set('Accept-Encoding', 'identity');
    expect(plain.headers).toMatchObject({
      vary: 'Accept, Accept-Encoding, Authorization, Origin, X-API-Key',
    });
    expect(plain.headers).not.toHaveProperty('content-encoding');
    const compressed = await test.get(path).set('Accept-Encoding', 'br, gzip, deflate');
    expect(compressed.headers).toMatchObject({
      'content-encoding': 'gzip',
      vary: 'Accept, Accept-Encoding, Authorization, Origin, X-API-Key',
      etag: plain.headers['etag']?.replace(/"$/, '-gzip"'),
    });
    expect(Number(compressed.headers['content-length'])).toBeLessThan(
      Number(plain.headers['content-length']) / 3,
    );
    expect(compressed.body).toEqual(plain.body); // the fake clock does not advance, so the age is the same
    await test
      .get(path)
      .set('Accept-Encoding', 'gzip')
      .set('If-None-Match', compressed.headers['etag'] ?? '')
      .expect(304);
  });

  it('keeps the age in the body up to date', async () => {
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
