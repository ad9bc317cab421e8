import {
  createResponseError,
  createServiceError,
  createInvalidResponseError,
  isErrorBody,
  parseJson,
  MAX_RESPONSE_LENGTH,
  readText,
} from '../http/responses.js';
import { readBytes, type HttpClient } from '../http/http-client.js';
import { EventStreamParser, type ServerSentEvent } from './event-stream-parser.js';
import { LatestValueQueue } from './latest-value-queue.js';
import { addAbortListener } from '../http/add-abort-listener.js';
import { isFinal, getReconnectDelayMs } from '../http/retry-delay.js';
import type { TypeGuard } from '../type-guards.js';
import { StatsClientError } from '../stats-client.error.js';
import { checkTime, type WatchOptions } from '../stats-client-options.js';
import { pause, Timeout } from '../http/timeout.js';

const DEFAULT_SILENCE_MS = 40_000;

/** Used until the service sends `retry:`. */
const DEFAULT_RETRY_MS = 1000;

/**
 * Iterates over the samples of a stream. The first `next()` opens the connection; there is one connection at a time. While
 * the loop is busy, the watch keeps reading and keeps only the newest sample. The watch ends with `break`, when the signal is
 * aborted, when `onOpen` or `onError` throws, or with an error that reconnecting cannot fix.
 */
export class StatsWatch<T> implements AsyncIterableIterator<T> {
  readonly #samples = new LatestValueQueue<T>();
  readonly #stop = new AbortController();
  readonly #silenceMs: number;
  #hasStarted = false;
  #removeListener: (() => void) | undefined;
  #failures = 0;
  #retryMs = DEFAULT_RETRY_MS;

  /** @throws {RangeError} when `silenceMs` is out of range */
  constructor(
    private readonly http: HttpClient,
    private readonly path: string,
    private readonly isSample: TypeGuard<T>,
    private readonly options: WatchOptions,
  ) {
    this.#silenceMs = checkTime('silenceMs', options.silenceMs ?? DEFAULT_SILENCE_MS);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /**
   * @throws the error that ended the watch, or what `onError` threw. Only the first call after it rejects; later calls
   * return `done`.
   */
  next(): Promise<IteratorResult<T, undefined>> {
    if (!this.#hasStarted) this.#start();
    return this.#samples.take();
  }

  /** Closes the connection. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.#hasStarted = true; // a later next() must not open a connection
    this.#end();
    return Promise.resolve({ done: true, value: undefined });
  }

  readonly #end = (): void => {
    this.#removeListener?.();
    this.#samples.close();
    this.#stop.abort();
  };

  #start(): void {
    this.#hasStarted = true;
    const { signal } = this.options;
    if (signal?.aborted) return this.#end();
    this.#removeListener = signal && addAbortListener(signal, this.#end);
    void this.#run().catch((error: unknown) => {
      this.#samples.fail(error);
      this.#removeListener?.();
    });
  }

  /** Opens one connection after the other, until an error is final. */
  async #run(): Promise<never> {
    for (;;) {
      /* oxlint-disable no-await-in-loop */
      const error = await this.#readStream().catch((thrown: unknown) => thrown);
      if (!(error instanceof StatsClientError) || isFinal(error)) throw error;
      const delayMs = getReconnectDelayMs(error, this.#failures++, this.#retryMs);
      this.#reportError(error, delayMs);
      await pause(delayMs, this.#stop.signal);
      /* oxlint-enable no-await-in-loop */
    }
  }

  /** Reads one connection to its end. Returns the error to report before reconnecting. */
  async #readStream(): Promise<StatsClientError> {
    const silenceLimit = new Timeout(this.#silenceMs, this.#stop.signal);
    try {
      const headers = { Accept: 'text/event-stream' };
      const response = await this.http.get(this.path, headers, silenceLimit.signal);
      if (response.status !== 200)
        throw createResponseError(response, await readText(response, silenceLimit.signal));
      const isStream = /^text\/event-stream\b/i.test(response.headers.get('Content-Type') ?? '');
      if (!isStream) throw createInvalidResponseError(response, 'Response without an event stream');
      this.#notify(() => this.options.onOpen?.());
      const parser = new EventStreamParser();
      for await (const bytes of readBytes(response, silenceLimit.signal)) {
        silenceLimit.restart();
        for (const event of parser.push(bytes)) this.#receive(event, response);
        this.#retryMs = parser.retryMs ?? this.#retryMs;
        if (parser.pendingLength > MAX_RESPONSE_LENGTH)
          throw createInvalidResponseError(response, 'Event too long');
      }
      return new StatsClientError('network', 'The service closed the stream');
    } finally {
      silenceLimit.end();
    }
  }

  /** @throws {StatsClientError} `invalid_response` for a `stats` or `error` event with unexpected data */
  #receive({ type, data }: ServerSentEvent, response: Response): void {
    const value = parseJson(data);
    if (type === 'stats' && this.isSample(value)) this.#samples.put(value);
    else if (type === 'error' && isErrorBody(value)) this.#reportError(createServiceError(value));
    else if (type === 'stats' || type === 'error')
      throw createInvalidResponseError(response, 'Event with unexpected data');
    this.#failures = 0;
  }

  #reportError(error: StatsClientError, reconnectMs?: number): void {
    if (this.#stop.signal.aborted) return; // the watch has ended, but the bytes of one read can contain more events
    this.#notify(() => this.options.onError?.(error, reconnectMs));
  }

  /** Calls a function of the options. What it throws ends the watch. */
  #notify(callOption: () => void): void {
    try {
      callOption();
    } catch (thrown) {
      this.#samples.fail(thrown);
      this.#stop.abort();
    }
  }
}
