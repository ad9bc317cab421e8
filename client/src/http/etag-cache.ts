/** In characters. */
const MAX_LENGTH = 16_777_216;

/** A response that the service may confirm with `304`. */
export interface CachedResponse {
  readonly etag: string;
  readonly text: string;
  /** When it arrived, by `performance.now()`. */
  readonly receivedAt: number;
}

/**
 * The last response of each path. When the cache is full, it removes the least recently used one. It keeps text, not
 * values, so that programs can change the value they get.
 */
export class EtagCache {
  readonly #responses = new Map<string, CachedResponse>();
  #length = 0;

  constructor(private readonly maxLength = MAX_LENGTH) {}

  get(path: string): CachedResponse | undefined {
    const response = this.#responses.get(path);
    if (response !== undefined) {
      this.#responses.delete(path);
      this.#responses.set(path, response); // the Map's order is the order of use
    }
    return response;
  }

  set(path: string, response: CachedResponse): void {
    this.#delete(path);
    this.#responses.set(path, response);
    this.#length += measure(path, response);
    for (const leastRecentlyUsed of this.#responses.keys()) {
      if (this.#length <= this.maxLength) break;
      this.#delete(leastRecentlyUsed);
    }
  }

  #delete(path: string): void {
    const response = this.#responses.get(path);
    if (response === undefined) return;
    this.#responses.delete(path);
    this.#length -= measure(path, response);
  }
}

function measure(path: string, { etag, text }: CachedResponse): number {
  return path.length + etag.length + text.length;
}
