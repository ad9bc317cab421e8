import { signal } from '@preact/signals';
import type { FullStats } from 'docker-stats-client';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Connection } from '../../live/connection.js';
import type { ReceivedStats } from '../../live/live-stats.js';
import { ServiceClient } from '../../live/service-client.js';
import {
  createContainer,
  createHostSample,
  createSkippedHost,
  createStats,
} from '../../live/stats.fixture.js';
import { ContainerFigures } from './container-figures.js';

const ID = 'a'.repeat(64);

/** A container that is followed, with the means to send it samples and histories. */
class Scene {
  readonly latest = signal<ReceivedStats | undefined>(undefined);
  readonly connection = signal<Connection>({ state: 'live' });
  readonly #responses: Response[] = [];
  readonly requests: URL[] = [];
  readonly figures: ContainerFigures;

  constructor(host?: string) {
    const client = new ServiceClient('http://service.test', '123abc', (url) => {
      this.requests.push(new URL(url as string | URL));
      return Promise.resolve(this.#responses.shift() ?? Response.error());
    });
    this.figures = new ContainerFigures(client, this, ID, host);
  }

  start(): void {
    onTestFinished(this.figures.start());
  }

  /** The next request gets a history of samples at these seconds, with the second as CPU. */
  respondWithHistory(...seconds: number[]): void {
    const sampledAt = seconds.map((second) => new Date(second * 1000).toISOString());
    this.#responses.push(
      Response.json({ sampledAt, containers: [{ id: ID, name: 'web', cpuUsage: seconds }] }),
    );
  }

  respondWithError(statusCode: number, code: string): void {
    this.#responses.push(Response.json({ statusCode, code, message: 'Why' }, { status: statusCode }));
  }

  sendSample(second: number, { hasContainer = true, skipped = [] as FullStats['skipped'] } = {}): void {
    const container = { id: ID, name: 'web', cpuUsage: second } as FullStats['containers'][number];
    const stats = { sampledAt: new Date(second * 1000).toISOString(), ageMs: 0, durationMs: 0, skipped };
    this.send({ ...stats, containers: hasContainer ? [container] : [] });
  }

  send(stats: FullStats): void {
    this.latest.value = { stats, receivedAtMs: 0 };
  }

  get seconds(): number[] {
    return this.figures.series.value.times.map((time) => time / 1000);
  }

  get state(): string {
    return this.figures.presence.value.state;
  }
}

describe('ContainerFigures', () => {
  it('has the history, and then each new sample', async () => {
    const scene = new Scene();
    scene.respondWithHistory(2, 4);
    scene.start();
    await vi.waitFor(() => expect(scene.figures.history.value).toBe('loaded'));
    scene.sendSample(4);
    scene.sendSample(6);
    expect(scene.seconds).toEqual([2, 4, 6]);
    expect(scene.state).toBe('running');
    expect(scene.requests).toHaveLength(1);
    expect(scene.requests[0]?.pathname).toBe(`/containers/${ID}/stats/history`);
  });

  it('fills the hole from the history after the connection was lost', async () => {
    const scene = new Scene();
    scene.respondWithHistory(2, 4);
    scene.start();
    await vi.waitFor(() => expect(scene.figures.history.value).toBe('loaded'));
    scene.connection.value = { state: 'disconnected', since: 0, retryAt: 0, message: '' };
    scene.respondWithHistory(2, 4, 6, 8, 10);
    scene.sendSample(10);
    scene.connection.value = { state: 'live' };
    await vi.waitFor(() => expect(scene.seconds).toEqual([2, 4, 6, 8, 10]));
  });

  it('reads the history again with the next sample if the request failed', async () => {
    const scene = new Scene();
    scene.respondWithError(500, 'internal');
    scene.start();
    await vi.waitFor(() => expect(scene.figures.history.value).toMatchObject({ code: 'internal' }));
    scene.respondWithHistory(2, 4);
    scene.sendSample(4);
    await vi.waitFor(() => expect(scene.seconds).toEqual([2, 4]));
  });

  it('shows live samples if the service keeps no history', async () => {
    const scene = new Scene();
    scene.respondWithError(404, 'not_found');
    scene.start();
    await vi.waitFor(() => expect(scene.figures.history.value).toBe('missing'));
    scene.sendSample(2);
    expect([scene.state, scene.seconds]).toEqual(['running', [2]]);
  });

  it('reports when a container ended, and keeps its figures', async () => {
    const scene = new Scene();
    scene.respondWithHistory(2, 4);
    scene.start();
    scene.sendSample(6);
    scene.sendSample(8, { hasContainer: false });
    await vi.waitFor(() => expect(scene.figures.presence.value).toEqual({ state: 'ended', lastSeen: 6000 }));
    expect(scene.figures.container.value?.cpuUsage).toBe(6);
  });

  it('has the name of a container that ended before the page was opened', async () => {
    const scene = new Scene();
    scene.respondWithHistory(2, 4);
    scene.start();
    scene.sendSample(6, { hasContainer: false });
    await vi.waitFor(() => expect(scene.figures.presence.value).toEqual({ state: 'ended', lastSeen: 4000 }));
    expect(scene.figures.name.value).toBe('web');
  });

  it('reports a skipped container with its reason, not as ended', () => {
    const scene = new Scene();
    scene.start();
    const skipped = [{ container: 'web', id: ID.slice(0, 12), project: null, reason: 'restarting' as const }];
    scene.sendSample(2, { hasContainer: false, skipped });
    expect(scene.figures.presence.value).toEqual({
      state: 'skipped',
      reason: 'No figures: the container is restarting',
    });
  });

  describe('with several Docker hosts that have a container with this id', () => {
    const containers = [
      createContainer({ host: 'web1', id: ID, name: 'app' }),
      createContainer({ host: 'web2', id: ID, name: 'clone' }),
    ];
    const hosts = [createHostSample('web1', 0), createHostSample('web2', 6)];

    it('has the one of its host, at the times of that host', () => {
      const scene = new Scene('web1');
      scene.start();
      scene.send({ ...createStats(containers), sampledAt: hosts[1]?.sampledAt ?? '', hosts });
      expect(scene.figures.name.value).toBe('app');
      expect(scene.seconds).toEqual([Date.parse(hosts[0]?.sampledAt ?? '') / 1000]);
      expect(scene.requests.map(({ pathname }) => pathname)).toEqual([
        `/hosts/web1/containers/${ID}/stats/history`,
      ]);
    });

    it('is skipped with its host, not ended', () => {
      const scene = new Scene('web1');
      scene.start();
      scene.send({ ...createStats(containers.slice(1)), skipped: [createSkippedHost('web1')] });
      expect(scene.figures.presence.value).toMatchObject({
        state: 'skipped',
        reason: expect.stringContaining('docker_unreachable') as string,
      });
    });

    it('finds a container without a host in the link, which was unique when it was made', () => {
      const scene = new Scene();
      scene.start();
      scene.send({ ...createStats(containers.slice(1)), hosts });
      expect(scene.figures.name.value).toBe('clone');
      expect(scene.state).toBe('running');
    });
  });

  it('reports an id that neither a sample nor the history has', async () => {
    const scene = new Scene();
    scene.respondWithError(404, 'not_found');
    scene.start();
    scene.sendSample(2, { hasContainer: false });
    expect(scene.state).toBe('loading');
    await vi.waitFor(() => expect(scene.state).toBe('unknown'));
  });

  it('stops to follow the samples when it is closed', () => {
    const scene = new Scene();
    scene.respondWithHistory();
    const stop = scene.figures.start();
    scene.sendSample(2);
    stop();
    scene.sendSample(4);
    expect(scene.seconds).toEqual([2]);
  });
});
