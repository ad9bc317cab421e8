import {
  errorIn,
  errorOf,
  invalidResponse,
  isErrorBody,
  jsonOf,
  MAX_ANSWER_LENGTH,
  textOf,
} from '../http/answers.js';
import { bytesOf, type Connection } from '../http/connection.js';
import { EventStreamParser, type ServerSentEvent } from './event-stream-parser.js';
import { Latest } from './latest.js';
import { onAbort } from '../http/on-abort.js';
import { isFinal, reconnectDelayMs } from '../http/retry-delay.js';
import type { Shape } from '../shapes.js';
import { StatsClientError } from '../stats-client.error.js';
import { validTime, type WatchOptions } from '../stats-client-options.js';
import { pause, TimeLimit } from '../http/time-limit.js';

const DEFAULT_SILENCE_MS = 40_000;

/** Before the service has said how long to wait (`retry:`). */
const DEFAULT_RETRY_MS = 1000;

/**
 * The samples as they come, over one connection at a time, which begins with the first `next()`. Reads on while the loop
 * is busy, and keeps the newest sample alone. Ends with `break`, with the signal, or with an error that would come again.
 */
export class StatsWatch<T> implements AsyncIterableIterator<T> {
  readonly #latest = new Latest<T>();
  readonly #stop = new AbortController();
  readonly #silenceMs: number;
  #isRunning = false;
  #leaveCaller: (() => void) | undefined;
  #failures = 0;
  #retryMs = DEFAULT_RETRY_MS;

  /** @throws {RangeError} when `silenceMs` is no time */
  constructor(
    private readonly connection: Connection,
    private readonly path: string,
    private readonly isSample: Shape<T>,
    private readonly options: WatchOptions,
  ) {
    this.#silenceMs = validTime('silenceMs', options.silenceMs ?? DEFAULT_SILENCE_MS);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** @throws {StatsClientError} what ended the watch: once */
  next(): Promise<IteratorResult<T, undefined>> {
    if (!this.#isRunning) this.#start();
    return this.#latest.take();
  }

  /** Closes the connection. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.#isRunning = true; // and so never starts
    this.#end();
    return Promise.resolve({ done: true, value: undefined });
  }

  readonly #end = (): void => {
    this.#leaveCaller?.();
    this.#latest.close();
    this.#stop.abort();
  };

  #start(): void {
    this.#isRunning = true;
    const { signal } = this.options;
    if (signal?.aborted) return this.#end();
    this.#leaveCaller = signal && onAbort(signal, this.#end);
    void this.#run().catch((error: unknown) => {
      this.#latest.fail(error); // which nobody hears of, if it is closed
      this.#leaveCaller?.();
    });
  }

  /** One connection after the other. */
  async #run(): Promise<never> {
    for (;;) {
      /* oxlint-disable no-await-in-loop */
      const error = await this.#readStream().catch((thrown: unknown) => thrown);
      if (!(error instanceof StatsClientError) || isFinal(error)) throw error;
      this.#tell(error);
      const delayMs = reconnectDelayMs(error, this.#failures++, this.#retryMs);
      await pause(delayMs, this.#stop.signal);
      /* oxlint-enable no-await-in-loop */
    }
  }

  /** Reads one connection to its end, and gives the reason why it is to be opened again. */
  async #readStream(): Promise<StatsClientError> {
    const silence = new TimeLimit(this.#silenceMs, this.#stop.signal);
    try {
      const headers = { Accept: 'text/event-stream' };
      const response = await this.connection.get(this.path, headers, silence.signal);
      if (response.status !== 200) throw errorIn(response, await textOf(response, silence.signal));
      const isStream = /^text\/event-stream\b/i.test(response.headers.get('Content-Type') ?? '');
      if (!isStream) throw invalidResponse(response, 'is no stream of events');
      const parser = new EventStreamParser();
      for await (const bytes of bytesOf(response, silence.signal)) {
        silence.restart();
        for (const event of parser.push(bytes)) this.#receive(event, response);
        this.#retryMs = parser.retryMs ?? this.#retryMs;
        if (parser.pendingLength > MAX_ANSWER_LENGTH)
          throw invalidResponse(response, 'has too long an event');
      }
      return new StatsClientError('network', 'The service ended the stream');
    } finally {
      silence.end();
    }
  }

  /** @throws {StatsClientError} `invalid_response` for what the service would not send */
  #receive({ type, data }: ServerSentEvent, response: Response): void {
    const value = jsonOf(data);
    if (type === 'stats' && this.isSample(value)) this.#latest.put(value);
    else if (type === 'error' && isErrorBody(value)) this.#tell(errorOf(value));
    else if (type === 'stats' || type === 'error')
      throw invalidResponse(response, 'has an event of another form');
    this.#failures = 0;
  }

  #tell(error: StatsClientError): void {
    if (this.#stop.signal.aborted) return; // by what it was told before, of the same piece of the stream
    try {
      this.options.onError?.(error);
    } catch (thrown) {
      this.#latest.fail(thrown);
      this.#stop.abort();
    }
  }
}
