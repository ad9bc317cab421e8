import type { ServerResponse } from 'node:http';
import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import { ThrottlerException } from '@nestjs/throttler';
import type { ApiKey } from '../../config/api-keys/api-keys.js';

/** How much may be on its way to the clients of one API key, and to all clients. */
const MAX_KEY_BYTES = 33_554_432;
const MAX_BYTES = 134_217_728;

/** A body that is being sent. */
interface Body {
  readonly size: number;
}

/**
 * Bounds the memory of large bodies that are on their way: a client that reads slowly, or not at all, keeps its body alive. A
 * body that many clients get counts once; its size is that without compression.
 */
@Injectable()
export class BytesInUse {
  readonly #all = new Bodies();
  readonly #byKey = new Map<string, Bodies>();

  /**
   * Refuses to make another body for a key.
   *
   * @throws {ThrottlerException} when the clients of the key have too much on its way
   * @throws {ServiceUnavailableException} when all clients together have
   */
  check({ name }: Pick<ApiKey, 'name'>): void {
    if ((this.#byKey.get(name)?.bytes ?? 0) >= MAX_KEY_BYTES) {
      throw new ThrottlerException('Too many large responses of this API key have not been read yet');
    }
    if (this.#all.bytes >= MAX_BYTES) {
      throw new ServiceUnavailableException('Too many large responses have not been read yet');
    }
  }

  /**
   * Counts a body until its response is closed; one whose client has gone already is not sent.
   *
   * @throws {HttpException} as {@link use}
   */
  useFor(response: ServerResponse, key: Pick<ApiKey, 'name'>, body: Body): void {
    if (!response.destroyed) response.once('close', this.use(key, body));
  }

  /**
   * Counts a body until the returned function is called; that may be called twice.
   *
   * @throws {HttpException} as {@link check} does, for a body that the key does not get already
   */
  use(key: Pick<ApiKey, 'name'>, body: Body): () => void {
    const ofKey = this.#byKey.get(key.name) ?? new Bodies();
    if (!ofKey.has(body)) this.check(key);
    this.#byKey.set(key.name, ofKey);
    ofKey.add(body);
    this.#all.add(body);
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      this.#all.remove(body);
      ofKey.remove(body);
      if (ofKey.bytes === 0) this.#byKey.delete(key.name);
    };
  }
}

/** Bodies, each with the number of its uses. */
class Bodies {
  readonly #uses = new Map<Body, number>();
  bytes = 0;

  has(body: Body): boolean {
    return this.#uses.has(body);
  }

  add(body: Body): void {
    const uses = this.#uses.get(body) ?? 0;
    if (uses === 0) this.bytes += body.size;
    this.#uses.set(body, uses + 1);
  }

  remove(body: Body): void {
    const uses = this.#uses.get(body) ?? 0;
    if (uses > 1) {
      this.#uses.set(body, uses - 1);
      return;
    }
    this.#uses.delete(body);
    this.bytes -= body.size;
  }
}
