import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, type OnModuleDestroy, ServiceUnavailableException } from '@nestjs/common';
import { ApiKeyStore } from '../../auth/api-key-store.js';
import { hasRequiredCertificate } from '../../auth/credentials/client-certificate.js';
import type { ApiKey } from '../../config/api-keys/api-keys.js';
import { Settings } from '../../config/settings.js';
import { toErrorBody } from '../../http/errors/error-body.js';
import { ResponseMemoryLimit } from '../limits/response-memory-limit.js';
import { Clock } from '../../sampling/clock.js';
import { getSampleNeeds } from '../requests/get-sample-needs.js';
import { RepresentationService } from '../requests/representation.service.js';
import { HostSelector } from '../selection/host-selector.js';
import { SampleScopes } from '../selection/sample-scopes.js';
import type { StatsSelection } from '../formats/stats-representations.js';
import { getAgeMs } from '../../sampling/stats-sample.js';
import { StatsStream } from './stats-stream.js';

/** The share of `STREAMS_MAX` that one API key may use. The rest is for other keys. */
const KEY_SHARE = 0.9;

/** `Retry-After` of a refused stream. */
const RETRY_AFTER_SECONDS = 10;

/** At shutdown, clients are told to reconnect after a random delay of one to two times this. */
const RECONNECT_MS = 2500;

/** How long clients have at shutdown to read the current event. */
const SHUTDOWN_TIMEOUT_MS = 2000;

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'private, no-store, no-transform',
  Vary: 'Authorization, Origin, X-API-Key',
  'X-Accel-Buffering': 'no', // tells nginx not to buffer events
};

/** Opens, counts and ends the streams of `GET /stats/stream`. */
@Injectable()
export class StatsStreamService implements OnModuleDestroy {
  readonly #streams = new Set<StatsStream>();
  /** The number of open streams per API key, by name. */
  readonly #countByKey = new Map<string, number>();
  /** Cancels the timer of the next heartbeat, or of the shutdown. */
  #cancelTimer: (() => void) | undefined;
  #isStopped = false;

  constructor(
    private readonly apiKeys: ApiKeyStore,
    private readonly hosts: HostSelector,
    private readonly scopes: SampleScopes,
    private readonly representations: RepresentationService,
    private readonly memoryLimit: ResponseMemoryLimit,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** The number of open streams. */
  get count(): number {
    return this.#streams.size;
  }

  /**
   * Responds with a stream that stays open until the client or the service ends it.
   *
   * @throws {NotFoundException} if the selection has a Docker host that does not exist, or that the key may not see
   * @throws {ServiceUnavailableException} if `STREAMS_MAX` streams are open, or the key has reached its share
   */
  open(key: ApiKey, request: IncomingMessage, response: ServerResponse, selection: StatsSelection): void {
    if (this.#isStopped || this.#isFullFor(key)) {
      response.setHeader('Retry-After', RETRY_AFTER_SECONDS);
      throw new ServiceUnavailableException(
        this.#isStopped
          ? 'The service is shutting down; try again later'
          : 'Too many streams are open; try again later',
      );
    }
    const reader = this.hosts.getReader(key, getSampleNeeds(selection));
    response.writeHead(200, HEADERS);
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    response.flushHeaders();
    request.socket.setTimeout(0); // heartbeats detect dead connections instead
    const stream = new StatsStream(response, {
      isAllowed: () => this.apiKeys.isValid(key) && hasRequiredCertificate(this.settings, request),
      createEvent: async (sample) => {
        this.hosts.checkSample(sample, key, selection.host);
        const visible = await this.scopes.applyScope(key, sample);
        const representation = await this.representations.getListForStream(key, visible, selection);
        const usedSample = representation.sample; // may be newer than `sample`
        return {
          sample: usedSample.partOf?.whole ?? usedSample,
          body: representation.toEvent(getAgeMs(usedSample, this.clock)),
          release: representation.isLarge ? this.memoryLimit.reserve(key, representation) : () => undefined,
        };
      },
      toErrorBody: (error) => toErrorBody(error, key),
    });
    this.#streams.add(stream);
    this.#changeCount(key, 1);
    const unwatch = reader.watch(stream);
    response.once('close', () => {
      unwatch();
      this.#streams.delete(stream);
      this.#changeCount(key, -1);
      if (this.#streams.size === 0) this.#clearTimer();
    });
    this.#scheduleHeartbeat();
  }

  #isFullFor({ name }: ApiKey): boolean {
    const { STREAMS_MAX } = this.settings;
    const keyCount = this.#countByKey.get(name) ?? 0;
    return this.#streams.size >= STREAMS_MAX || keyCount >= Math.ceil(STREAMS_MAX * KEY_SHARE);
  }

  #changeCount({ name }: ApiKey, change: 1 | -1): void {
    const count = (this.#countByKey.get(name) ?? 0) + change;
    if (count === 0) this.#countByKey.delete(name);
    else this.#countByKey.set(name, count);
  }

  /** Ends all streams. Random delays keep the clients from reconnecting all at once. */
  onModuleDestroy(): void {
    this.#isStopped = true;
    this.#clearTimer();
    if (this.#streams.size === 0) return;
    this.#cancelTimer = this.clock.after(SHUTDOWN_TIMEOUT_MS, () =>
      this.#streams.forEach((stream) => stream.close()),
    );
    for (const stream of this.#streams) stream.end(Math.round(RECONNECT_MS * (1 + Math.random())));
  }

  /** One timer serves all streams; it stops when the last stream closes. */
  #scheduleHeartbeat(): void {
    this.#cancelTimer ??= this.clock.after(this.settings.STREAM_HEARTBEAT_MS, () => {
      this.#cancelTimer = undefined;
      this.#streams.forEach((stream) => stream.sendHeartbeat());
      this.#scheduleHeartbeat();
    });
  }

  #clearTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}
