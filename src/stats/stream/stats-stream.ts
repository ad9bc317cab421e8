import type { ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';
import type { ErrorBody } from 'docker-stats-client';
import { INTERNAL } from '../../http/errors/error-body.js';
import { logTextOf } from '../../sampling/log-text.js';
import { writeInPieces } from '../../http/responses/send-body.js';
import type { StatsSample } from '../../sampling/stats-sample.js';
import type { SampleWatcher } from '../../sampling/stats-sampler.js';

/** A client that does not take what waits for it for this many signs of life is given up. */
const MAX_MISSED_HEARTBEATS = 4;

/** An event, in pieces. */
export interface StreamEvent {
  /** What it is made of. */
  readonly sample: StatsSample;
  readonly body: readonly Buffer[];
  /** Called when the client has it, or will not get it. */
  readonly release: () => void;
}

/** What a stream is to send. */
export interface StreamContent {
  /** Whether the client may have it still. */
  readonly isAllowed: () => boolean;
  /** The event of a sample, or of a later one. */
  readonly eventOf: (sample: StatsSample) => Promise<StreamEvent>;
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
  #state: 'idle' | 'making' | 'sending' = 'idle';
  #release: (() => void) | undefined;
  #missedHeartbeats = 0;
  /** What comes behind the event that is being sent. */
  #lastWords: string | undefined;

  constructor(
    private readonly response: ServerResponse,
    private readonly content: StreamContent,
  ) {
    response.once('close', () => this.#release?.());
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
    const isBusy = this.#state === 'sending' || this.response.writableNeedDrain;
    if (!isOver && !isBusy) this.response.write(': still here\n\n');
    else if (++this.#missedHeartbeats >= MAX_MISSED_HEARTBEATS) this.cutOff();
  }

  /** Ends the stream, behind the event under way, and tells the client when to come back. */
  end(retryAfterMs: number): void {
    const words = `retry: ${retryAfterMs}\n\n`;
    if (this.#state === 'sending') this.#lastWords = words;
    else if (!this.#isOver) this.response.end(words);
  }

  /** Ends the connection, whatever is under way. */
  cutOff(): void {
    this.response.destroy();
  }

  get #isOver(): boolean {
    return this.response.writableEnded || this.response.destroyed;
  }

  #sendNews(): void {
    if (this.#state !== 'idle' || this.#news === undefined) return;
    const news = this.#news;
    this.#news = undefined;
    this.#state = 'making';
    this.#send(news).catch((error: unknown) => {
      this.#logger.error(logTextOf(error));
      this.cutOff();
    });
  }

  async #send(news: News): Promise<void> {
    const body = 'error' in news ? this.#errorEvent(news.error) : await this.#statsEvent(news.sample);
    if (this.#isOver || this.#hasEnded()) {
      this.#release?.();
      return;
    }
    this.#state = 'sending';
    writeInPieces(this.response, body, {
      onPiece: () => (this.#missedHeartbeats = 0),
      onEnd: () => this.#sent(),
    });
  }

  async #statsEvent(sample: StatsSample): Promise<readonly Buffer[]> {
    try {
      const event = await this.content.eventOf(sample);
      this.#release = event.release;
      // One that came in the meantime may be in it already.
      if (this.#news !== undefined && 'sample' in this.#news && this.#news.sample === event.sample) {
        this.#news = undefined;
      }
      return event.body;
    } catch (error) {
      if (this.content.errorBodyOf(error) === INTERNAL) throw error;
      // The failure of a run is told to the stream as well.
      if (this.#news !== undefined && 'error' in this.#news && this.#news.error === error) {
        this.#news = undefined;
      }
      return this.#errorEvent(error);
    }
  }

  #errorEvent(error: unknown): readonly Buffer[] {
    return [Buffer.from(`event: error\ndata: ${JSON.stringify(this.content.errorBodyOf(error))}\n\n`)];
  }

  #sent(): void {
    this.#release?.();
    this.#release = undefined;
    this.#state = 'idle';
    if (this.#lastWords !== undefined) this.response.end(this.#lastWords);
    else this.#sendNews(); // there may be newer ones by now
  }

  /** Ends the stream of a client whose key is no longer valid; it will ask again, and be told. */
  #hasEnded(): boolean {
    if (this.content.isAllowed()) return false;
    this.response.end();
    return true;
  }
}
