import { addAbortListener } from './add-abort-listener.js';
import { StatsClientError } from '../stats-client.error.js';

/**
 * Combines a timeout and an optional signal into one signal. Its reason is the {@link StatsClientError} to throw: `timeout`
 * or `aborted`.
 */
export class Timeout {
  readonly #controller = new AbortController();
  readonly #removeListener: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly ms: number,
    parentSignal?: AbortSignal,
  ) {
    const abort = (): void => {
      const cause = parentSignal?.reason as unknown;
      this.#controller.abort(new StatsClientError('aborted', 'The call was aborted', { cause }));
    };
    this.restart();
    if (parentSignal?.aborted) abort();
    else if (parentSignal !== undefined) this.#removeListener = addAbortListener(parentSignal, abort);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Starts the time again from zero. */
  restart(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#controller.abort(new StatsClientError('timeout', `Timed out after ${this.ms} ms`));
    }, this.ms);
  }

  /** Clears the timer, removes the listener, and aborts what is still running. */
  end(): void {
    clearTimeout(this.#timer);
    this.#removeListener?.();
    this.#controller.abort();
  }
}

/**
 * Waits for a time.
 *
 * @throws the signal's reason, as soon as the signal is aborted
 */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, ms);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
