import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { LiveStats } from './live-stats.js';
import { ServiceClient } from './service-client.js';

const ID = 'a'.repeat(64);

/** A service whose responses the test controls. */
class FakeService {
  readonly historyRequests: URL[] = [];
  /** The streams that were opened, the newest last. */
  readonly streams: { send(event: string, data: unknown): void; end(): void; isAborted(): boolean }[] = [];
  refusal: Response | undefined;
  history: Response = Response.json({ sampledAt: [], containers: [] });
  readonly live: LiveStats;

  constructor() {
    const client = new ServiceClient('http://service.test', '123abc', (url, init) =>
      Promise.resolve(this.#respond(new URL(url as string), init)),
    );
    this.live = new LiveStats(client);
    onTestFinished(() => this.live.pause());
  }

  get stream(): (typeof this.streams)[number] {
    const newest = this.streams.at(-1);
    if (newest === undefined) throw new Error('no stream is open');
    return newest;
  }

  /** Starts, and waits until the stream is open. */
  async open(): Promise<void> {
    const count = this.streams.length;
    this.live.start();
    await vi.waitUntil(() => this.streams.length > count);
  }

  /** Sends a sample with the second as CPU, and waits until it is shown. */
  async sendSample(second: number): Promise<void> {
    const sampledAt = toTime(second);
    this.stream.send('stats', {
      sampledAt,
      ageMs: 0,
      durationMs: 0,
      containers: [{ id: ID, name: 'web', cpuUsage: second, memoryUsage: 1 }],
      skipped: [],
    });
    await vi.waitUntil(() => this.live.latest.peek()?.stats.sampledAt === sampledAt);
  }

  respondWithHistory(...seconds: number[]): void {
    this.history = Response.json({
      sampledAt: seconds.map(toTime),
      containers: [{ id: ID, name: 'web', cpuUsage: seconds, memoryUsage: seconds }],
    });
  }

  readSeconds(): number[] | undefined {
    return this.live.getRecent(ID)?.times.map((time) => time / 1000);
  }

  #respond(url: URL, init: RequestInit | undefined): Response {
    if (this.refusal !== undefined) return this.refusal;
    if (url.pathname === '/stats/history') {
      this.historyRequests.push(url);
      return this.history;
    }
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    init?.signal?.addEventListener('abort', () => void writer.abort(init.signal?.reason).catch(() => {}));
    this.streams.push({
      send: (event, data) =>
        void writer
          .write(new TextEncoder().encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`))
          .catch(() => {}),
      end: () => void writer.close(),
      isAborted: () => init?.signal?.aborted ?? false,
    });
    return new Response(readable, { headers: { 'Content-Type': 'text/event-stream' } });
  }
}

function toTime(second: number): string {
  return new Date(second * 1000).toISOString();
}

/** The same container on two Docker hosts, which were sampled at these seconds. */
function createHostsSample(seconds: readonly number[]): unknown {
  const hosts = seconds.map((second, n) => ({
    name: `web${n + 1}`,
    sampledAt: toTime(second),
    ageMs: (seconds[1] ?? 0) * 1000 - second * 1000,
    error: null,
  }));
  const containers = hosts.map(({ name: host }) => ({
    host,
    id: ID,
    name: 'app',
    cpuUsage: 1,
    memoryUsage: 1,
  }));
  return { sampledAt: toTime(seconds[0] ?? 0), ageMs: 0, durationMs: 0, containers, skipped: [], hosts };
}

describe('LiveStats', () => {
  it('requests the history once after the first sample, and adds it before that sample', async () => {
    const service = new FakeService();
    service.respondWithHistory(2, 4);
    await service.open();
    expect(service.historyRequests).toEqual([]);
    await service.sendSample(6);
    await vi.waitUntil(() => service.readSeconds()?.length === 3);
    await service.sendSample(8);
    expect(service.readSeconds()).toEqual([2, 4, 6, 8]);
    expect(service.historyRequests.map((url) => url.searchParams.get('since'))).toEqual(['300']);
  });

  it('has the history and the samples of each Docker host at its own times', async () => {
    const service = new FakeService();
    const app = { id: ID, name: 'app', cpuUsage: [1], memoryUsage: [1] };
    service.history = Response.json({
      hosts: [
        { name: 'web1', sampledAt: [toTime(2)] },
        { name: 'web2', sampledAt: [toTime(3)] },
      ],
      containers: [
        { ...app, host: 'web1' },
        { ...app, host: 'web2' },
      ],
    });
    await service.open();
    for (const seconds of [
      [6, 9],
      [6, 11],
    ]) {
      service.stream.send('stats', createHostsSample(seconds));
      await vi.waitUntil(() => service.live.latest.peek()?.stats.sampledAt === toTime(seconds[1] ?? 0));
    }
    const readTimes = (): unknown[] =>
      ['web1', 'web2'].map((host) => service.live.getRecent(ID, host)?.times.map((time) => time / 1000));
    await vi.waitFor(() =>
      expect(readTimes()).toEqual([
        [2, 6],
        [3, 9, 11],
      ]),
    );
    expect(service.live.getUsualIntervalMs('web1')).toBe(4000);
  });

  it('shows the samples without a history', async () => {
    const service = new FakeService();
    service.history = Response.json({ statusCode: 404, code: 'not_found', message: 'No' }, { status: 404 });
    await service.open();
    await service.sendSample(2);
    await vi.waitUntil(() => service.historyRequests.length === 1);
    await service.sendSample(4);
    expect(service.readSeconds()).toEqual([2, 4]);
  });

  it('keeps the figures while sampling fails, and says since when', async () => {
    const service = new FakeService();
    await service.open();
    await service.sendSample(2);
    const error = { statusCode: 500, code: 'docker_unreachable', message: 'No daemon' };
    service.stream.send('error', error);
    await vi.waitUntil(() => service.live.connection.peek().state === 'failing');
    const first = service.live.connection.peek();
    service.stream.send('error', { ...error, message: 'Still no daemon' });
    await vi.waitUntil(() => service.live.connection.peek() !== first);
    expect(service.live.connection.peek()).toEqual({ ...first, message: 'Still no daemon' });
    expect(service.live.latest.peek()?.stats.sampledAt).toBe(toTime(2));
    await service.sendSample(4);
    expect(service.live.connection.peek()).toEqual({ state: 'live' });
  });

  it('reconnects after a lost connection, and the history fills the hole without doubles', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const service = new FakeService();
    await openWithFakeTimers(service);
    await service.sendSample(2);
    await vi.waitUntil(() => service.historyRequests.length === 1);
    service.stream.end();
    await vi.waitUntil(() => service.live.connection.peek().state === 'disconnected');
    service.respondWithHistory(2, 4, 6, 8);
    await vi.advanceTimersByTimeAsync(2000);
    await vi.waitUntil(() => service.streams.length === 2);
    await service.sendSample(8);
    await vi.waitUntil(() => service.readSeconds()?.length === 4);
    expect(service.readSeconds()).toEqual([2, 4, 6, 8]);
    expect(service.live.connection.peek()).toEqual({ state: 'live' });
  });

  it('is open when the service accepts the key, before the first sample', async () => {
    const service = new FakeService();
    await service.open();
    await vi.waitUntil(() => service.live.connection.peek().state === 'open');
    await service.sendSample(2);
    expect(service.live.connection.peek()).toEqual({ state: 'live' });
  });

  it('reconnects at once when the user asks for it, and only once', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const service = new FakeService();
    await openWithFakeTimers(service);
    await service.sendSample(2);
    service.stream.end();
    await vi.waitUntil(() => service.live.connection.peek().state === 'disconnected');
    const lost = service.live.connection.peek();
    service.live.reconnect();
    await vi.waitUntil(() => service.streams.length === 2);
    expect(service.live.connection.peek()).toMatchObject({ ...lost, retryAt: expect.any(Number) as number });
    await service.sendSample(4);
    service.live.reconnect();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(service.streams).toHaveLength(2);
    expect(service.live.connection.peek()).toEqual({ state: 'live' });
  });

  it('closes its only stream when nobody looks, and opens it again', async () => {
    const service = new FakeService();
    await service.open();
    service.live.start();
    expect(service.streams).toHaveLength(1);
    service.live.pause();
    expect(service.stream.isAborted()).toBe(true);
    expect(service.live.connection.peek()).toEqual({ state: 'paused' });
    await service.open();
    await service.sendSample(2);
    expect(service.streams).toHaveLength(2);
    expect(service.live.connection.peek()).toEqual({ state: 'live' });
  });

  it('stops when the service refuses the key', async () => {
    const service = new FakeService();
    service.refusal = Response.json(
      { statusCode: 401, code: 'unauthorized', message: 'The API key has expired' },
      { status: 401 },
    );
    service.live.start();
    await vi.waitUntil(() => service.live.connection.peek().state === 'refused');
    expect(service.live.connection.peek()).toEqual({ state: 'refused', message: 'The API key has expired' });
  });
});

async function openWithFakeTimers(service: FakeService): Promise<void> {
  service.live.start();
  await vi.waitUntil(() => service.streams.length === 1);
}
