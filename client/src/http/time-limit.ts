import { onAbort } from './on-abort.js';
import { StatsClientError } from '../stats-client.error.js';

/** A time that something may take, and the caller's signal, as one signal. Its reason is the error to throw. */
export class TimeLimit {
  readonly #controller = new AbortController();
  readonly #leaveCaller: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly ms: number,
    caller?: AbortSignal,
  ) {
    const abort = (): void => {
      const cause = caller?.reason as unknown;
      this.#controller.abort(new StatsClientError('aborted', 'The call was aborted', { cause }));
    };
    this.restart();
    if (caller?.aborted) abort();
    else if (caller !== undefined) this.#leaveCaller = onAbort(caller, abort);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The time begins anew. */
  restart(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () =>
        this.#controller.abort(
          new StatsClientError('timeout', `Nothing, or not all, came within ${this.ms} ms`),
        ),
      this.ms,
    );
  }

  /** It is done: nothing is left of the limit, nor of what is still under way. */
  end(): void {
    clearTimeout(this.#timer);
    this.#leaveCaller?.();
    this.#controller.abort();
  }
}

/**
 * Waits.
 *
 * @throws the signal's reason, as soon as it is aborted
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
