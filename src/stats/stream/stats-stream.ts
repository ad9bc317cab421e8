import type { ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';
import type { ErrorBody } from 'docker-stats-client';
import { INTERNAL_ERROR } from '../../http/errors/error-body.js';
import { toLogMessage } from '../../sampling/log-message.js';
import { writeInChunks } from '../../http/responses/send-body.js';
import { hasSameFigures, type StatsSample } from '../../sampling/stats-sample.js';
import type { SampleWatcher } from '../../sampling/sampler/run-observers.js';

/** If the client receives nothing for this number of heartbeats, the service closes the connection. */
const MAX_MISSED_HEARTBEATS = 4;

/** An event to send. */
export interface StreamEvent {
  /** The sample that it contains. */
  readonly sample: StatsSample;
  readonly body: readonly Buffer[];
  /** Must be called after the event is sent or dropped. */
  readonly release: () => void;
}

/** Creates the content of a stream. */
export interface StreamContent {
  /** Whether the client is still authorized. */
  readonly isAllowed: () => boolean;
  /** Creates an event with this sample or with a newer one. */
  readonly createEvent: (sample: StatsSample) => Promise<StreamEvent>;
  readonly toErrorBody: (error: unknown) => ErrorBody;
}

/** The result of one run of docker: a sample or an error. The stream sends it as an event. */
type RunResult = { readonly sample: StatsSample } | { readonly error: unknown };

/**
 * One open stream of server-sent events (WHATWG HTML, section 9.2). Keeps at most one waiting result: a slow client gets the
 * newest sample when it is ready, and misses those in between.
 */
export class StatsStream implements SampleWatcher {
  readonly #logger = new Logger(StatsStream.name);
  #pending: RunResult | undefined;
  /** The latest sample; `undefined` after an error. */
  #latest: StatsSample | undefined;
  #state: 'idle' | 'making' | 'sending' = 'idle';
  #release: (() => void) | undefined;
  #missedHeartbeats = 0;
  /** The last line of the stream; waits for the end of the current event. */
  #retryLine: string | undefined;

  constructor(
    private readonly response: ServerResponse,
    private readonly content: StreamContent,
  ) {
    response.once('close', () => this.#release?.());
  }

  /** Sends a `stats` event, unless the figures are those of the event before. */
  onSample(sample: StatsSample): void {
    const isKnown = this.#latest !== undefined && hasSameFigures(this.#latest, sample);
    this.#latest = sample;
    if (isKnown) return;
    this.#pending = { sample };
    this.#sendPending();
  }

  /** Sends an `error` event with the body of an error response. The stream stays open. */
  onFailure(error: unknown): void {
    this.#latest = undefined;
    this.#pending = { error };
    this.#sendPending();
  }

  /** Sends a heartbeat. Without data, proxies and clients assume that the connection is lost. */
  sendHeartbeat(): void {
    const isClosed = this.#isClosed || this.#endIfUnauthorized();
    const isBusy = this.#state === 'sending' || this.response.writableNeedDrain;
    if (!isClosed && !isBusy) this.response.write(': still here\n\n');
    else if (++this.#missedHeartbeats >= MAX_MISSED_HEARTBEATS) this.close();
  }

  /** Ends the stream after the current event, and tells the client when to reconnect. */
  end(retryAfterMs: number): void {
    const retryLine = `retry: ${retryAfterMs}\n\n`;
    if (this.#state === 'sending') this.#retryLine = retryLine;
    else if (!this.#isClosed) this.response.end(retryLine);
  }

  /** Closes the connection at once. */
  close(): void {
    this.response.destroy();
  }

  get #isClosed(): boolean {
    return this.response.writableEnded || this.response.destroyed;
  }

  #sendPending(): void {
    if (this.#state !== 'idle' || this.#pending === undefined) return;
    const result = this.#pending;
    this.#pending = undefined;
    this.#state = 'making';
    this.#send(result).catch((error: unknown) => {
      this.#logger.error(toLogMessage(error));
      this.close();
    });
  }

  async #send(result: RunResult): Promise<void> {
    const body =
      'error' in result ? this.#createErrorEvent(result.error) : await this.#createStatsEvent(result.sample);
    if (this.#isClosed || this.#endIfUnauthorized()) {
      this.#release?.();
      return;
    }
    this.#state = 'sending';
    writeInChunks(this.response, body, {
      onChunk: () => (this.#missedHeartbeats = 0),
      onEnd: () => this.#finishEvent(),
    });
  }

  async #createStatsEvent(sample: StatsSample): Promise<readonly Buffer[]> {
    try {
      const event = await this.content.createEvent(sample);
      this.#release = event.release;
      // The event may already contain a sample that arrived in the meantime.
      if (this.#pending !== undefined && 'sample' in this.#pending && this.#pending.sample === event.sample) {
        this.#pending = undefined;
      }
      return event.body;
    } catch (error) {
      if (this.content.toErrorBody(error) === INTERNAL_ERROR) throw error;
      this.#latest = undefined;
      // `onFailure` may have been called with the same error in the meantime.
      if (this.#pending !== undefined && 'error' in this.#pending && this.#pending.error === error) {
        this.#pending = undefined;
      }
      return this.#createErrorEvent(error);
    }
  }

  #createErrorEvent(error: unknown): readonly Buffer[] {
    return [Buffer.from(`event: error\ndata: ${JSON.stringify(this.content.toErrorBody(error))}\n\n`)];
  }

  #finishEvent(): void {
    this.#release?.();
    this.#release = undefined;
    this.#state = 'idle';
    if (this.#retryLine !== undefined) this.response.end(this.#retryLine);
    else this.#sendPending();
  }

  /** Ends the stream if the client is no longer authorized; it reconnects and gets a `401`. */
  #endIfUnauthorized(): boolean {
    if (this.content.isAllowed()) return false;
    this.response.end();
    return true;
  }
}
