interface Waiter<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

const DONE = { done: true, value: undefined } as const;

/** A queue of one value: a newer value replaces one that the reader has not taken yet. */
export class LatestValueQueue<T> {
  #waiters: Waiter<T>[] = [];
  #value: { readonly value: T } | undefined;
  #failure: { readonly error: unknown } | undefined;
  #isClosed = false;

  put(value: T): void {
    if (this.#isClosed) return;
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#value = { value };
    else waiter.resolve({ done: false, value });
  }

  /** Returns the next value. After `fail()` it rejects once; after that, and after `close()`, it is done. */
  take(): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      const [taken, failure] = [this.#value, this.#failure];
      this.#value = undefined;
      if (taken !== undefined) return resolve({ done: false, value: taken.value });
      this.#failure = undefined;
      if (failure !== undefined) return reject(failure.error);
      if (this.#isClosed) return resolve(DONE);
      this.#waiters.push({ resolve, reject });
    });
  }

  /** Ends the queue with an error. The reader gets the remaining value first. */
  fail(error: unknown): void {
    if (this.#isClosed) return;
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#failure = { error };
    else waiter.reject(error);
    this.#end();
  }

  /** Ends the queue and drops the remaining value. */
  close(): void {
    this.#value = undefined;
    this.#failure = undefined;
    this.#end();
  }

  #end(): void {
    this.#isClosed = true;
    for (const waiter of this.#waiters.splice(0)) waiter.resolve(DONE);
  }
}
