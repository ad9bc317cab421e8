import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { type ApiKey, digestOf, MIN_KEY_LENGTH } from '../config/api-keys.js';
import { Settings } from '../config/settings.js';

/** Knows the API keys by their digests. Without a configured key it makes one for this run. */
@Injectable()
export class ApiKeyStore {
  readonly #logger = new Logger(ApiKeyStore.name);
  readonly #keys: readonly ApiKey[];
  #generatedKey: string | undefined;

  constructor(settings: Settings) {
    this.#keys = settings.apiKeys.length > 0 ? settings.apiKeys : [this.#generate()];
    for (const { name } of this.#keys.filter((key) => key.isShort)) {
      this.#logger.warn(
        `API key "${name}" is shorter than ${MIN_KEY_LENGTH} characters: make one with npm run key`,
      );
    }
  }

  /**
   * The name of a key, or `undefined` for a wrong one. Compares digests in constant time, and all of them, so that
   * the time tells nothing of any key.
   */
  nameOf(key: string): string | undefined {
    const digest = digestOf(key);
    let name: string | undefined;
    for (const known of this.#keys) {
      if (timingSafeEqual(known.digest, digest)) name = known.name;
    }
    return name;
  }

  /** The key made for this run, if one was: once, for the operator's eyes; not kept after that. */
  takeGeneratedKey(): string | undefined {
    const key = this.#generatedKey;
    this.#generatedKey = undefined;
    return key;
  }

  #generate(): ApiKey {
    this.#generatedKey = randomBytes(24).toString('base64url');
    return { name: 'generated', digest: digestOf(this.#generatedKey), isShort: false };
  }
}
