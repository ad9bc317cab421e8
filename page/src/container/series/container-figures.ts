import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import { type ContainerStats, type FullStats, StatsClientError } from 'docker-stats-client';
import type { LiveStats, ReceivedStats } from '../../live/live-stats.js';
import type { ServiceClient } from '../../live/service-client.js';
import { describeSkipped, isSkippedHost, type Skipped } from '../../table/skipped.js';
import {
  appendSample,
  CHART_FIGURES,
  EMPTY_SERIES,
  type FigureSeries,
  findLastSeen,
  mergeHistory,
} from './figure-series.js';

/** Whether the newest sample has the container. */
export type Presence =
  | { readonly state: 'loading' }
  | { readonly state: 'running' }
  /** It has no figures, or its Docker host has none. */
  | { readonly state: 'skipped'; readonly reason: string }
  | { readonly state: 'ended'; readonly lastSeen: number }
  /** Neither a sample nor the history has the container. */
  | { readonly state: 'unknown' };

/** Whether the history was read, and if not, why. */
type HistoryState = 'loading' | 'loaded' | 'missing' | StatsClientError;

/** The figures of one container: the kept history, and then each new sample. */
export class ContainerFigures {
  readonly #series = signal<FigureSeries>(EMPTY_SERIES);
  readonly #container = signal<ContainerStats | undefined>(undefined);
  readonly #name = signal<string | undefined>(undefined);
  readonly #history = signal<HistoryState>('loading');
  readonly #presence = computed(() => this.#findPresence());
  readonly #newest = computed(() => {
    const { times } = this.#series.value;
    const presence = this.#presence.value;
    return presence.state === 'ended' ? times.lastIndexOf(presence.lastSeen) : times.length - 1;
  });
  #request: AbortController | undefined;

  constructor(
    private readonly client: ServiceClient,
    private readonly live: Pick<LiveStats, 'latest' | 'connection'>,
    readonly id: string,
    /** The Docker host, if the service has several. */
    readonly host?: string,
  ) {
    this.#addSample(live.latest.peek());
  }

  get series(): ReadonlySignal<FigureSeries> {
    return this.#series;
  }

  /** What the last sample that had the container says. Missing if the container ended before the page was opened. */
  get container(): ReadonlySignal<ContainerStats | undefined> {
    return this.#container;
  }

  get name(): ReadonlySignal<string | undefined> {
    return this.#name;
  }

  get history(): ReadonlySignal<HistoryState> {
    return this.#history;
  }

  /** The index of the newest sample; of an ended container, of its last one. */
  get newest(): ReadonlySignal<number> {
    return this.#newest;
  }

  get presence(): ReadonlySignal<Presence> {
    return this.#presence;
  }

  /** Reads the history, and follows the samples until the returned function is called. */
  start(): () => void {
    void this.#readHistory();
    const stopSamples = effect(() => this.#addSample(this.live.latest.value));
    let wasLive = false;
    let isLost = false;
    const stopConnection = effect(() => {
      const isLive = this.live.connection.value.state === 'live';
      if (isLive && isLost) void this.#readHistory();
      wasLive ||= isLive;
      isLost = wasLive && !isLive;
    });
    return () => {
      stopSamples();
      stopConnection();
      this.#request?.abort();
    };
  }

  #addSample(received: ReceivedStats | undefined): void {
    if (received === undefined) return;
    const container = received.stats.containers.find((one) => this.#isThis(one));
    const time = this.#findSampleTime(received.stats, container);
    if (time !== undefined) this.#series.value = appendSample(this.#series.peek(), time, container);
    if (container !== undefined) {
      this.#container.value = container;
      this.#name.value = container.name;
    }
    if (this.#history.peek() instanceof StatsClientError && this.#request === undefined)
      void this.#readHistory();
  }

  /** When its Docker host was sampled; `undefined` if the host has no sample. */
  #findSampleTime({ sampledAt, hosts }: FullStats, container?: ContainerStats): number | undefined {
    const host = hosts?.find(({ name }) => name === (this.host ?? container?.host));
    const at = host === undefined ? sampledAt : host.sampledAt;
    return at === null ? undefined : Date.parse(at);
  }

  #isThis({ id, host }: ContainerStats): boolean {
    return id === this.id && this.#isOnHost(host);
  }

  #isSkippedBy(row: Skipped): boolean {
    return (
      this.#isOnHost(row.host) && (isSkippedHost(row) || (row.id !== null && this.id.startsWith(row.id)))
    );
  }

  /** A link without a host is for the only container with this id. */
  #isOnHost(host: string | undefined): boolean {
    return this.host === undefined || host === this.host;
  }

  /** Reads all of the history: that also fills the hole that a lost connection leaves. */
  async #readHistory(): Promise<void> {
    this.#request?.abort();
    const request = new AbortController();
    this.#request = request;
    try {
      const history = await this.client.containerHistory(this.id, this.host, {
        fields: CHART_FIGURES,
        signal: request.signal,
      });
      if (request.signal.aborted) return;
      this.#series.value = mergeHistory(this.#series.peek(), history);
      this.#name.value ??= history.containers[0]?.name;
      this.#history.value = 'loaded';
    } catch (error) {
      if (request.signal.aborted) return;
      if (!(error instanceof StatsClientError)) throw error;
      this.#history.value = error.code === 'not_found' ? 'missing' : error;
    } finally {
      if (this.#request === request) this.#request = undefined;
    }
  }

  #findPresence(): Presence {
    const latest = this.live.latest.value?.stats;
    if (latest?.containers.some((container) => this.#isThis(container))) return { state: 'running' };
    const row = latest?.skipped.find((one) => this.#isSkippedBy(one));
    if (latest !== undefined && row !== undefined)
      return { state: 'skipped', reason: describeSkipped(row, latest) };
    if (latest === undefined || this.#history.value === 'loading') return { state: 'loading' };
    const lastSeen = findLastSeen(this.#series.value);
    return lastSeen === undefined ? { state: 'unknown' } : { state: 'ended', lastSeen };
  }
}
