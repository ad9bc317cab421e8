interface Waiter<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

const DONE = { done: true, value: undefined } as const;

/** Hands values over to a reader that may be slower: it keeps the latest alone. */
export class Latest<T> {
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

  /** The next value; the error that ended them; or that there are no more. */
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

  /** There are no more, because of an error: told once, after the value that is still there. */
  fail(error: unknown): void {
    if (this.#isClosed) return;
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#failure = { error };
    else waiter.reject(error);
    this.#end();
  }

  /** There are no more, and what is there is not wanted. */
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
