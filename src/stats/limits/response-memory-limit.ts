import type { ServerResponse } from 'node:http';
import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import { ThrottlerException } from '@nestjs/throttler';
import type { ApiKey } from '../../config/api-keys/api-keys.js';

/** Limits for bodies that are being sent: to the clients of one API key, and to all clients. */
const MAX_KEY_BYTES = 33_554_432;
const MAX_BYTES = 134_217_728;

/** A body that is being sent. */
interface Body {
  readonly size: number;
}

/**
 * Limits the memory of large bodies that are being sent: a slow client keeps its body in memory. A body that is sent to many
 * clients counts once, with its uncompressed size.
 */
@Injectable()
export class ResponseMemoryLimit {
  readonly #all = new Bodies();
  readonly #byKey = new Map<string, Bodies>();

  /**
   * Checks that another body may be made for a key.
   *
   * @throws {ThrottlerException} if the key has reached its limit
   * @throws {ServiceUnavailableException} if all clients together have reached theirs
   */
  assertBelowLimit({ name }: Pick<ApiKey, 'name'>): void {
    if ((this.#byKey.get(name)?.bytes ?? 0) >= MAX_KEY_BYTES) {
      throw new ThrottlerException(
        'Too many large responses of this API key are unread; read them, or close their connections',
      );
    }
    if (this.#all.bytes >= MAX_BYTES) {
      throw new ServiceUnavailableException('Too many large responses are unread; try again later');
    }
  }

  /**
   * Counts a body until the response is closed. A response that is already closed does not count.
   *
   * @throws {HttpException} like {@link reserve}
   */
  reserveUntilClosed(response: ServerResponse, key: Pick<ApiKey, 'name'>, body: Body): void {
    if (!response.destroyed) response.once('close', this.reserve(key, body));
  }

  /**
   * Counts a body until the returned function is called. A second call of that function has no effect.
   *
   * @throws {HttpException} like {@link assertBelowLimit}, unless the body is already being sent to a client of the key
   */
  reserve(key: Pick<ApiKey, 'name'>, body: Body): () => void {
    const keyBodies = this.#byKey.get(key.name) ?? new Bodies();
    if (!keyBodies.has(body)) this.assertBelowLimit(key);
    this.#byKey.set(key.name, keyBodies);
    keyBodies.add(body);
    this.#all.add(body);
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      this.#all.remove(body);
      keyBodies.remove(body);
      if (keyBodies.bytes === 0) this.#byKey.delete(key.name);
    };
  }
}

/** A set of bodies with the number of uses of each. */
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
