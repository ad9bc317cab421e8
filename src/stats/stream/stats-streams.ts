import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, type OnModuleDestroy, ServiceUnavailableException } from '@nestjs/common';
import { ApiKeyStore } from '../../auth/api-key-store.js';
import { hasNeededCertificate } from '../../auth/credentials/client-certificate.js';
import type { ApiKey } from '../../config/api-keys/api-keys.js';
import { Settings } from '../../config/settings.js';
import { errorBodyOf } from '../../http/errors/error-body.js';
import { BytesInUse } from '../limits/bytes-in-use.js';
import { Clock } from '../../sampling/clock.js';
import { RequestedRepresentations } from '../requests/requested-representations.js';
import { SampleScopes } from '../selection/sample-scopes.js';
import type { StatsSelection } from '../formats/stats-representations.js';
import { StatsSampler } from '../../sampling/stats-sampler.js';
import { StatsStream } from './stats-stream.js';

/** Which part of `STREAMS_MAX` one API key may have: the others always find some. */
const KEY_SHARE = 0.9;

/** When a client that finds no free stream should ask again. */
const RETRY_AFTER_SECONDS = 10;

/** Clients of a stream that the service has ended come back after so long, and up to as much again that is random. */
const RECONNECT_MS = 2500;

/** How long clients may take for what is under way when the service ends. */
const END_MS = 2000;

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'private, no-store, no-transform',
  Vary: 'Authorization, Origin, X-API-Key',
  'X-Accel-Buffering': 'no', // nginx passes each event on at once
};

/** The open streams of `GET /stats/stream`. */
@Injectable()
export class StatsStreams implements OnModuleDestroy {
  readonly #streams = new Set<StatsStream>();
  /** How many each API key has open, by its name. */
  readonly #byKey = new Map<string, number>();
  /** Cancels what waits for its time: the next heartbeat, or the end. */
  #timer: (() => void) | undefined;
  #isStopped = false;

  constructor(
    private readonly apiKeys: ApiKeyStore,
    private readonly sampler: StatsSampler,
    private readonly scopes: SampleScopes,
    private readonly representations: RequestedRepresentations,
    private readonly bytesInUse: BytesInUse,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** How many are open. */
  get count(): number {
    return this.#streams.size;
  }

  /**
   * Answers a request with a stream that lasts until the client or the service ends it.
   *
   * @throws {ServiceUnavailableException} when `STREAMS_MAX` are open, or nine tenths of them for the same key
   */
  open(key: ApiKey, request: IncomingMessage, response: ServerResponse, selection: StatsSelection): void {
    if (this.#isStopped || this.#isFullFor(key)) {
      response.setHeader('Retry-After', RETRY_AFTER_SECONDS);
      throw new ServiceUnavailableException(
        this.#isStopped ? 'The service is stopping' : 'Too many streams are open; try again later',
      );
    }
    response.writeHead(200, HEADERS);
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    response.flushHeaders();
    request.socket.setTimeout(0); // what a stream may do, it watches over itself
    const stream = new StatsStream(response, {
      isAllowed: () => this.apiKeys.isValid(key) && hasNeededCertificate(this.settings, request),
      eventOf: async (sample) => {
        const seen = await this.scopes.seenBy(key, sample);
        const representation = await this.representations.listForStream(key, seen, selection);
        const made = representation.sample;
        return {
          sample: made.partOf?.whole ?? made,
          body: representation.event(this.sampler.ageMsOf(made)),
          release: representation.isLarge ? this.bytesInUse.use(key, representation) : () => undefined,
        };
      },
      errorBodyOf: (error) => errorBodyOf(error, key),
    });
    this.#streams.add(stream);
    this.#count(key, 1);
    const unwatch = this.sampler.watch(stream);
    response.once('close', () => {
      unwatch();
      this.#streams.delete(stream);
      this.#count(key, -1);
      if (this.#streams.size === 0) this.#cancelTimer();
    });
    this.#scheduleHeartbeat();
  }

  #isFullFor({ name }: ApiKey): boolean {
    const { STREAMS_MAX } = this.settings;
    const ofKey = this.#byKey.get(name) ?? 0;
    return this.#streams.size >= STREAMS_MAX || ofKey >= Math.ceil(STREAMS_MAX * KEY_SHARE);
  }

  #count({ name }: ApiKey, change: 1 | -1): void {
    const count = (this.#byKey.get(name) ?? 0) + change;
    if (count === 0) this.#byKey.delete(name);
    else this.#byKey.set(name, count);
  }

  /** Ends all streams; their clients come back after a while, and not all at once. */
  onModuleDestroy(): void {
    this.#isStopped = true;
    this.#cancelTimer();
    if (this.#streams.size === 0) return;
    this.#timer = this.clock.after(END_MS, () => this.#streams.forEach((stream) => stream.cutOff()));
    for (const stream of this.#streams) stream.end(Math.round(RECONNECT_MS * (1 + Math.random())));
  }

  /** One timer for all, and none without streams. */
  #scheduleHeartbeat(): void {
    this.#timer ??= this.clock.after(this.settings.STREAM_HEARTBEAT_MS, () => {
      this.#timer = undefined;
      this.#streams.forEach((stream) => stream.beat());
      this.#scheduleHeartbeat();
    });
  }

  #cancelTimer(): void {
    this.#timer?.();
    this.#timer = undefined;
  }
}
