import { Logger } from '@nestjs/common';
import type { Response } from 'express';
import type { ErrorBody } from '../http/error-body.js';
import { logTextOf } from '../http/log-text.js';
import type { StatsSample } from './stats-sample.js';
import type { SampleWatcher } from './stats-sampler.js';

/** A client that does not take what waits for it for this many signs of life is given up. */
const MAX_MISSED_HEARTBEATS = 4;

/** What a stream is to send. */
export interface StreamContent {
  /** Whether the client may have it still. */
  readonly isAllowed: () => boolean;
  /** The event of a sample, in pieces. */
  readonly eventOf: (sample: StatsSample) => Promise<readonly (string | Buffer)[]>;
  readonly errorBodyOf: (error: unknown) => ErrorBody;
}

/** What the next event is made of. */
type News = { readonly sample: StatsSample } | { readonly error: unknown };

/**
 * One open stream of server-sent events (WHATWG HTML, section 9.2). Holds one event at most: a client that reads slower
 * than samples come gets the newest one when it is ready for it.
 */
export class StatsStream implements SampleWatcher {
  readonly #logger = new Logger(StatsStream.name);
  #news: News | undefined;
  #isMaking = false;
  #missedHeartbeats = 0;

  constructor(
    private readonly response: Response,
    private readonly content: StreamContent,
  ) {
    response.on('drain', () => {
      this.#missedHeartbeats = 0;
      this.#sendNews();
    });
  }

  /** Sends a `stats` event. */
  sampled(sample: StatsSample): void {
    this.#news = { sample };
    this.#sendNews();
  }

  /** Sends an `error` event with the body of an error answer; the stream stays open. */
  failed(error: unknown): void {
    this.#news = { error };
    this.#sendNews();
  }

  /** A sign of life, for proxies and clients that take silence for a lost connection. */
  beat(): void {
    const isOver = this.#isOver || this.#hasEnded();
    if (!isOver && !this.response.writableNeedDrain) this.response.write(': still here\n\n');
    else if (++this.#missedHeartbeats >= MAX_MISSED_HEARTBEATS) this.cutOff();
  }

  /** Ends the stream, and tells the client when to come back. */
  end(retryAfterMs: number): void {
    if (!this.#isOver) this.response.end(`retry: ${retryAfterMs}\n\n`);
  }

  /** Ends the connection, whatever is under way; to destroy the response would not, before its turn in a pipeline. */
  cutOff(): void {
    this.response.req.socket.destroy();
  }

  get #isOver(): boolean {
    return this.response.writableEnded || this.response.destroyed;
  }

  #sendNews(): void {
    if (this.#isMaking || this.response.writableNeedDrain || this.#news === undefined) return;
    const news = this.#news;
    this.#news = undefined;
    this.#isMaking = true;
    this.#send(news).catch((error: unknown) => {
      this.#logger.error(logTextOf(error));
      this.cutOff();
    });
  }

  async #send(news: News): Promise<void> {
    const event =
      'error' in news
        ? [`event: error\ndata: ${JSON.stringify(this.content.errorBodyOf(news.error))}\n\n`]
        : await this.content.eventOf(news.sample);
    this.#isMaking = false;
    if (this.#isOver || this.#hasEnded()) return;
    event.forEach((piece) => this.response.write(piece));
    this.#sendNews(); // there may be newer ones by now
  }

  /** Ends the stream of a client whose key is no longer valid; it will ask again, and be told. */
  #hasEnded(): boolean {
    if (this.content.isAllowed()) return false;
    this.response.end();
    return true;
  }
}
