import { type ReadonlySignal, signal } from '@preact/signals';
import { type FullStats, StatsClientError } from 'docker-stats-client';
import { type Connection, toFailure } from './connection.js';
import { dateByNewestHost, splitByHost, splitHistory } from './host-samples.js';
import { RECENT_MS, RecentFigures, type RecentSeries } from './recent-figures.js';
import type { ServiceClient } from './service-client.js';

export type { RecentSeries } from './recent-figures.js';

/** A sample, and when the page received it. */
export interface ReceivedStats {
  readonly stats: FullStats;
  /** `Date.now()` at its arrival, which also counts the time while the device sleeps. */
  readonly receivedAtMs: number;
}

/** At most so many values are requested for sparklines, so that the page stays fast. */
const MAX_HISTORY_VALUES = 200_000;
const FIGURES = ['cpuUsage', 'memoryUsage'] as const;

/** A shorter history is not worth a request. */
const MIN_HISTORY_MS = 30_000;

/** The usual distance of samples, until two are known. */
const FIRST_INTERVAL_MS = 2000;

/** The first sample often follows this quickly. Then the page does not draw a table without figures before it. */
const FIRST_SAMPLE_MS = 100;

/** The delay after an error that reconnecting at once cannot fix, such as a proxy that responds with its own page. */
const FINAL_ERROR_RETRY_MS = 30_000;

/** The live data of the page: one stream, open while the page is visible. */
export class LiveStats {
  readonly #connection = signal<Connection>({ state: 'connecting' });
  readonly #latest = signal<ReceivedStats | undefined>(undefined);
  readonly #histories = signal(0);
  /** By Docker host. */
  readonly #recent = new Map<string, RecentFigures>();
  #stop: AbortController | undefined;

  constructor(private readonly client: ServiceClient) {}

  get connection(): ReadonlySignal<Connection> {
    return this.#connection;
  }

  /** The newest sample. */
  get latest(): ReadonlySignal<ReceivedStats | undefined> {
    return this.#latest;
  }

  /** The usual time between two samples of a Docker host in milliseconds, or of the fastest one. */
  getUsualIntervalMs(host?: string): number {
    const hosts = host === undefined ? [...this.#recent.keys()] : [host];
    return Math.min(...hosts.map((name) => this.#recent.get(name)?.usualIntervalMs ?? FIRST_INTERVAL_MS));
  }

  /** How often a history was added. Then all recent figures are others, not only newer. */
  get histories(): ReadonlySignal<number> {
    return this.#histories;
  }

  /** The figures of a container in the last minutes. Changes together with {@link latest} and {@link histories}. */
  getRecent(id: string, host = ''): RecentSeries | undefined {
    return this.#recent.get(host)?.get(id);
  }

  /** Opens the stream, unless it is open. */
  start(): void {
    if (this.#stop !== undefined) return;
    this.#stop = new AbortController();
    this.#connection.value = { state: 'connecting' };
    void this.#follow(this.#stop.signal);
  }

  /** Closes the stream: nobody looks at the page. */
  pause(): void {
    this.#end({ state: 'paused' });
  }

  /** After a lost connection: tries again now. */
  reconnect(): void {
    const connection = this.#connection.peek();
    if (connection.state !== 'disconnected') return;
    this.#stop?.abort();
    this.#stop = new AbortController();
    this.#connection.value = { ...connection, retryAt: Date.now() };
    void this.#follow(this.#stop.signal);
  }

  #end(connection: Connection): void {
    this.#stop?.abort();
    this.#stop = undefined;
    this.#connection.value = connection;
  }

  /** Reads streams until the signal is aborted or the service refuses the key. */
  async #follow(stopped: AbortSignal): Promise<void> {
    try {
      await this.#readStream(stopped);
    } catch (error) {
      if (stopped.aborted) return;
      if (!(error instanceof StatsClientError)) throw error;
      if (error.code === 'unauthorized') {
        this.#end({ state: 'refused', message: error.message });
        return;
      }
      this.#fail(error, FINAL_ERROR_RETRY_MS);
      const timer = setTimeout(() => void this.#follow(stopped), FINAL_ERROR_RETRY_MS);
      stopped.addEventListener('abort', () => clearTimeout(timer));
    }
  }

  async #readStream(stopped: AbortSignal): Promise<void> {
    const onOpen = (): void => void setTimeout(() => this.#open(stopped), FIRST_SAMPLE_MS);
    const onError = (error: StatsClientError, reconnectMs?: number): void => this.#fail(error, reconnectMs);
    for await (const stats of this.client.watch({ signal: stopped, onOpen, onError })) {
      const isFirst = this.#connection.peek().state !== 'live';
      this.#receive(stats);
      if (isFirst) void this.#readHistory(stats, stopped);
    }
  }

  #open(stopped: AbortSignal): void {
    if (stopped.aborted || this.#connection.peek().state !== 'connecting') return;
    this.#connection.value = { state: 'open' };
  }

  #receive(stats: FullStats): void {
    for (const figures of splitByHost(stats)) this.#getFigures(figures.host).add(figures);
    if (this.#connection.peek().state !== 'live') this.#connection.value = { state: 'live' };
    this.#latest.value = { stats: dateByNewestHost(stats), receivedAtMs: Date.now() };
  }

  #getFigures(host: string): RecentFigures {
    const figures = this.#recent.get(host) ?? new RecentFigures();
    this.#recent.set(host, figures);
    return figures;
  }

  #fail(error: StatsClientError, reconnectMs: number | undefined): void {
    this.#connection.value = toFailure(this.#connection.peek(), error.message, Date.now(), reconnectMs);
  }

  /** Reads the last minutes for the sparklines, or what was missed while there was no connection. */
  async #readHistory({ containers }: FullStats, stopped: AbortSignal): Promise<void> {
    const samples = MAX_HISTORY_VALUES / FIGURES.length / Math.max(containers.length, 1);
    const sinceMs = Math.min(RECENT_MS, samples * this.getUsualIntervalMs());
    if (sinceMs < MIN_HISTORY_MS) return;
    const since = Math.floor(sinceMs / 1000);
    // Without a history, the sparklines start now.
    const history = await this.client
      .history({ since, fields: FIGURES, signal: stopped })
      .catch(() => undefined);
    if (history === undefined || stopped.aborted) return;
    for (const one of splitHistory(history)) this.#getFigures(one.host).addHistory(one);
    this.#histories.value++;
  }
}
