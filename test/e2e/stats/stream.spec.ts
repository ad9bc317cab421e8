import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FullStats } from 'docker-stats-client';
import { row } from '../../support/docker/docker-rows.js';
import { EventStream } from '../../support/http/event-stream.js';
import { FakeClock } from '../../support/sampling/fake-clock.js';
import { failure, FakeCommandRunner } from '../../support/docker/fake-command-runner.js';
import { bootApp, KEY, type TestApp } from '../../support/service/test-app.js';

const INTERVAL_MS = 2000;

let clock: FakeClock;
let test: TestApp<FakeCommandRunner>;
let opened: EventStream[];
beforeEach(async () => {
  clock = new FakeClock();
  test = await bootApp({}, { runner: new FakeCommandRunner(), clock });
  test.runner.stats = { stdout: named('run-1') };
  opened = [];
});
afterEach(async () => {
  opened.forEach((stream) => stream.close());
  await test.app.close();
});

function named(name: string): string {
  return row({ Name: name });
}

/** The number of docker stats runs. */
function countRuns(): number {
  return test.runner.commands.filter(({ args }) => args[0] === 'stats').length;
}

async function open(query = ''): Promise<EventStream> {
  const stream = await EventStream.open(`${await test.app.getUrl()}/stats/stream${query}`, {
    'X-API-Key': KEY,
  });
  opened.push(stream);
  return stream;
}

/** Lets the next run return one container with this name. */
async function takeSample(name: string): Promise<void> {
  test.runner.stats = { stdout: named(name) };
  await clock.advance(INTERVAL_MS);
}

/** The bytes of a request. */
function formatRequest(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: x\r\nX-API-Key: ${KEY}\r\n\r\n`;
}

async function countTimersMuchLater(): Promise<number> {
  await clock.advance(100_000);
  return clock.timerCount;
}

/** Waits until no timer is left: no background run, no heartbeat. */
async function expectNoTimers(): Promise<void> {
  await expect.poll(countTimersMuchLater).toBe(0);
}

/** Opens a stream that does not read until `resume()`. */
async function openWithoutReading(): Promise<Socket> {
  const socket = connect(Number(new URL(await test.app.getUrl()).port), '127.0.0.1').pause();
  socket.on('error', () => undefined); // the service may close the connection
  await once(socket, 'connect');
  socket.write(formatRequest('/stats/stream?view=full'));
  await expect.poll(() => clock.timerCount).toBeGreaterThan(0);
  return socket;
}

describe('GET /stats/stream', () => {
  it('responds with an event stream that proxies must not buffer', async () => {
    const { response } = await open();
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'private, no-store, no-transform',
      'x-accel-buffering': 'no',
    });
  });

  it('sends the current sample at once, then each new one', async () => {
    const { headers } = await test.get('/stats');
    const stream = await open();
    const [first] = await stream.waitForEvents(1);
    expect(first).toEqual({
      id: headers['x-sampled-at'],
      event: 'stats',
      data: '[{"name":"run-1","cpuUsage":12.45,"memoryUsage":102.9}]',
    });
    await takeSample('run-2');
    await stream.waitForEvents(2);
    await takeSample('run-3');
    const events = await stream.waitForEvents(3);
    expect(events.map(({ data }) => (JSON.parse(data ?? '') as { name: string }[])[0]?.name)).toEqual([
      'run-1',
      'run-2',
      'run-3',
    ]);
  });

  it('takes a sample if there is none', async () => {
    const stream = await open();
    await clock.advance(0);
    expect(await stream.waitForEvents(1)).toMatchObject([{ event: 'stats' }]);
    expect(countRuns()).toBe(1);
  });

  it('supports ?view= and ?name=', async () => {
    test.runner.stats = { stdout: named('web-1') + named('db') };
    await test.get('/stats');
    await clock.advance(700);
    const stream = await open('?view=full&name=web-*');
    const [first] = await stream.waitForEvents(1);
    const { ageMs, containers } = JSON.parse(first?.data ?? '') as FullStats;
    expect(ageMs).toBe(700);
    expect(containers.map(({ name }) => name)).toEqual(['web-1']);
  });

  it('sends an error event if docker fails, and stays open', async () => {
    const stream = await open();
    await clock.advance(0);
    await stream.waitForEvents(1);
    test.runner.stats = failure('Cannot connect to the Docker daemon');
    await clock.advance(INTERVAL_MS);
    await stream.waitForEvents(2);
    await takeSample('run-3');
    const events = await stream.waitForEvents(3);
    expect(events.map(({ event }) => event)).toEqual(['stats', 'error', 'stats']);
    expect(JSON.parse(events[1]?.data ?? '')).toEqual({
      statusCode: 500,
      code: 'docker_unreachable',
      message:
        'Error: Cannot connect to the Docker daemon. To fix: start Docker, or set DOCKER_HOST to the address of the daemon.',
    });
    expect(stream.hasEnded).toBe(false);
  });

  it('sends a recent failure at once', async () => {
    test.runner.stats = failure('Cannot connect to the Docker daemon');
    await test.get('/stats').expect(500);
    expect(await (await open()).waitForEvents(1)).toMatchObject([{ event: 'error' }]);
  });

  it('keeps sampling active while it is open', async () => {
    const stream = await open();
    await clock.advance(300_000);
    expect(countRuns()).toBeGreaterThan(140);
    stream.close();
    await expectNoTimers();
  });

  it('sends heartbeats between samples', async () => {
    const own = await bootApp(
      {
        STATS_INTERVAL_MS: '100000',
        STATS_MAX_AGE_MS: '100000',
      },
      { runner: new FakeCommandRunner(), clock },
    );
    const stream = await EventStream.open(`${await own.app.getUrl()}/stats/stream`, { 'X-API-Key': KEY });
    await clock.advance(0);
    await stream.waitForEvents(1);
    await clock.advance(30_000);
    await expect.poll(() => stream.text.split('\n\n').slice(1)).toEqual([': still here', ': still here', '']);
    stream.close();
    await own.app.close();
  });

  it('requires a key, and validates the query', async () => {
    await test.client.get('/stats/stream').expect(401);
    await test.get('/stats/stream?view=all').expect(400, /"code":"invalid_request"/);
    expect(countRuns()).toBe(0);
  });

  it('responds to HEAD with the headers only', async () => {
    const { status, headers } = await test.client.head('/stats/stream').set('X-API-Key', KEY);
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8' });
    expect(clock.timerCount).toBe(0); // no stream is open
  });

  it('responds with 503 and Retry-After while STREAMS_MAX streams are open', async () => {
    const own = await bootApp({ STREAMS_MAX: '1' }, { runner: new FakeCommandRunner(), clock });
    const url = `${await own.app.getUrl()}/stats/stream`;
    const [first] = [
      await EventStream.open(url, { 'X-API-Key': KEY }),
      await EventStream.open(url, { 'X-API-Key': KEY }),
    ];
    const { status, headers, body } = await own.get('/stats/stream');
    expect(status).toBe(503);
    expect(headers).toMatchObject({ 'retry-after': '10', 'cache-control': 'no-store' });
    expect(body).toEqual({
      statusCode: 503,
      code: 'unavailable',
      message: 'Too many streams are open; try again later',
    });
    await own.get('/stats').expect(200);
    await clock.advance(15_000);
    first.close();
    await expect
      .poll(async () => {
        const another = await EventStream.open(url, { 'X-API-Key': KEY });
        another.close();
        return another.response.status;
      })
      .toBe(200);
    await own.app.close();
  });

  it('does not count pipelined streams that wait for the response before them', async () => {
    const own = await bootApp({ STREAMS_MAX: '1' }, { runner: new FakeCommandRunner(), clock });
    let endRun!: (output: object) => void;
    own.runner.stats = new Promise<object>((resolve) => (endRun = resolve)); // delays the first response
    const socket = connect(Number(new URL(await own.app.getUrl()).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(formatRequest('/stats') + formatRequest('/stats/stream').repeat(3));
    await expect.poll(() => own.runner.commands.length).toBeGreaterThan(0);
    const stream = await EventStream.open(`${await own.app.getUrl()}/stats/stream`, { 'X-API-Key': KEY });
    expect(stream.response.status).toBe(200);
    stream.close();
    socket.destroy();
    endRun({ stdout: '' });
    await own.app.close();
  });
});

describe('GET /stats/stream with a slow client', () => {
  /** About 12 MB in the full view: more than the socket buffers hold. Long ids cost less time than many rows. */
  const [ROWS, ID_LENGTH] = [1000, 12_000];
  function formatManyRows(name: string): string {
    return Array.from({ length: ROWS }, (_, n) =>
      row({ Name: name, ID: `${n}`.padStart(ID_LENGTH, 'a') }),
    ).join('');
  }

  it('skips samples until the client reads, then sends the newest', async () => {
    const socket = await openWithoutReading();
    for (let n = 1; n <= 8; n++) {
      test.runner.stats = { stdout: formatManyRows(`run-${n}`) };
      const isSampled = async (): Promise<boolean> => {
        await clock.advance(INTERVAL_MS);
        return (await test.get(`/stats?name=run-${n}`)).text !== '[]';
      };
      await expect.poll(isSampled).toBe(true);
    }
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1'))).resume();
    await expect.poll(() => text.slice(-50_000)).toContain('"name":"run-8"');
    const seen = new Set(text.match(/run-\d/g));
    expect([...seen].at(-1)).toBe('run-8');
    expect(seen.size).toBeLessThan(5);
    socket.destroy();
  });

  it('closes the connection after a minute without a read', async () => {
    test.runner.stats = { stdout: formatManyRows('run-1') };
    const socket = await openWithoutReading();
    await expect.poll(countRuns).toBe(1);
    test.runner.stats = { stdout: named('run-2') };
    await expectNoTimers();
    expect(socket.bytesRead).toBe(0);
    socket.destroy();
  });
});
