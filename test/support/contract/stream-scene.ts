import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { vi } from 'vitest';
import type { Variables } from '../../../src/config/environment.js';
import { row } from '../docker/docker-rows.js';
import { EventStream, type ServerSentEvent } from '../http/event-stream.js';
import { FakeClock } from '../sampling/fake-clock.js';
import { KEY } from '../service/test-app.js';
import { bootScene, type Source, type StatsScene } from './stats-scene.js';

/** The time between two samples while a stream is open. */
const INTERVAL_MS = 2000;

/** A service with a fake clock, and streams of it. */
export class StreamScene {
  readonly #opened: { close(): void }[] = [];

  private constructor(
    readonly service: StatsScene,
    readonly clock: FakeClock,
  ) {}

  /** Boots a service that reads from this source. */
  static async boot(source: Source, env: Variables = {}): Promise<StreamScene> {
    const clock = new FakeClock();
    const service = await bootScene(source, { STATS_INTERVAL_MS: `${INTERVAL_MS}`, ...env }, clock);
    service.runner.stats = { stdout: row({ Name: 'run-1' }) };
    return new StreamScene(service, clock);
  }

  /** How many samples were taken. */
  get samples(): number {
    return this.service.runner.statsRuns;
  }

  /** Requests a stream. */
  async request(query = '', key = KEY): Promise<EventStream> {
    const url = `${await this.service.app.getUrl()}/stats/stream${query}`;
    const stream = await EventStream.open(url, { 'X-API-Key': key });
    this.#opened.push(stream);
    return stream;
  }

  /** Opens a stream and waits for its first event. */
  async open(query = '', key = KEY): Promise<EventStream> {
    const stream = await this.request(query, key);
    await this.clock.advance(0);
    await stream.waitForEvents(1);
    return stream;
  }

  /** Opens a connection that does not read until `resume()`, and sends requests for these paths at once. */
  async connect(...paths: readonly string[]): Promise<Socket> {
    const socket = connect(Number(new URL(await this.service.app.getUrl()).port), '127.0.0.1').pause();
    this.#opened.push({ close: () => socket.destroy() });
    socket.on('error', () => undefined); // the service may close the connection
    await once(socket, 'connect');
    const requests = paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\nX-API-Key: ${KEY}\r\n\r\n`);
    socket.write(requests.join(''));
    return socket;
  }

  /** Takes the next sample, with one container of this name. Streams get it when its time has come, and the source has responded. */
  async takeSample(name: string): Promise<void> {
    this.service.runner.stats = { stdout: row({ Name: name }) };
    await this.clock.advance(INTERVAL_MS);
  }

  /** Lets one interval pass. Returns the latest event, which may still be that of an earlier sample. */
  async advanceToEvent(stream: EventStream): Promise<ServerSentEvent | undefined> {
    await this.clock.advance(INTERVAL_MS);
    return stream.events.at(-1);
  }

  /** Waits until no timer is left: no sample is planned, none was taken for 15 minutes (`HISTORY_MS`), and there are no heartbeats. */
  async waitForNoTimers(): Promise<void> {
    const check = async (): Promise<void> => {
      await this.clock.advance(100_000);
      if (this.clock.timerCount > 0) throw new Error(`${this.clock.timerCount} timers are left`);
    };
    await vi.waitFor(check, { timeout: 5000 });
  }

  async close(): Promise<void> {
    this.#opened.forEach((opened) => opened.close());
    await this.service.close();
  }
}
