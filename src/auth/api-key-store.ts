import { timingSafeEqual } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  Injectable,
  Logger,
  type OnModuleDestroy,
  type OnModuleInit,
  UnauthorizedException,
} from '@nestjs/common';
import { type ApiKey, DAY_MS, hashKey, MIN_KEY_LENGTH } from '../config/api-keys/api-keys.js';
import { readApiKeys } from '../config/api-keys/read-api-keys.js';
import { FileWatcher } from '../config/files/file-watcher.js';
import { InvalidSettingsError } from '../config/invalid-settings.error.js';
import { generateApiKey } from '../config/api-keys/generate-api-key.js';
import { Settings } from '../config/settings.js';

/** The log warns about a key in the last week before it expires. */
const WARN_BEFORE_MS = 7 * DAY_MS;

/**
 * Keeps the digests of the API keys, and reloads `API_KEYS_FILE` when it changes. If no key is configured, generates one for
 * this run.
 */
@Injectable()
export class ApiKeyStore implements OnModuleInit, OnModuleDestroy {
  readonly #logger = new Logger(ApiKeyStore.name);
  #keys: readonly ApiKey[];
  #generatedKey: string | undefined;
  readonly #fileWatcher: FileWatcher | undefined;
  #expiryTimer: NodeJS.Timeout | undefined;

  /** @throws {InvalidSettingsError} when the keys cannot be read */
  constructor(private readonly settings: Settings) {
    if (settings.API_KEYS_FILE !== undefined) {
      this.#fileWatcher = new FileWatcher([settings.API_KEYS_FILE], () => this.#reload());
    }
    const { keys, problems } = readApiKeys(settings);
    if (problems.length > 0) throw new InvalidSettingsError(problems);
    this.#keys = keys.length > 0 ? keys : [this.#generate()];
  }

  onModuleInit(): void {
    this.#warnAboutKeys();
    this.#expiryTimer = setInterval(() => this.#warnAboutExpiry(), DAY_MS).unref();
  }

  onModuleDestroy(): void {
    this.#fileWatcher?.close();
    clearInterval(this.#expiryTimer);
  }

  /**
   * Finds a key by its text, even an expired one. Compares the digests of all keys in constant time, so that the time of a
   * response reveals nothing about a key.
   */
  find(key: string): ApiKey | undefined {
    const digest = hashKey(key);
    let found: ApiKey | undefined;
    for (const candidate of this.#keys) {
      if (timingSafeEqual(candidate.digest, digest)) found = candidate;
    }
    return found;
  }

  /** Whether a key from {@link find} is still valid: configured, with an unchanged scope and expiry date, and not expired. */
  isValid(key: ApiKey): boolean {
    return this.#keys.includes(key) && !hasExpired(key);
  }

  /** @throws {UnauthorizedException} when a key from {@link find} is no longer valid */
  assertValid(key: ApiKey): void {
    if (!this.isValid(key))
      throw new UnauthorizedException('The API key is no longer valid: ask the operator for a new one');
  }

  /** Returns the generated key, to show it to the operator, and forgets it. Returns `undefined` if there is none. */
  takeGeneratedKey(): string | undefined {
    const key = this.#generatedKey;
    this.#generatedKey = undefined;
    return key;
  }

  #reload(): void {
    const { keys, problems } = readApiKeys(this.settings);
    if (problems.length > 0) {
      this.#logger.error(`API_KEYS_FILE not reloaded; keeping the current keys: ${problems.join('; ')}`);
      return;
    }
    // isValid() compares by identity: an unchanged key must stay the same object.
    const oldKeys = new Map(this.#keys.map((key) => [key.name, key]));
    this.#keys = keys.map((key) => {
      const oldKey = oldKeys.get(key.name);
      return oldKey !== undefined && isDeepStrictEqual(oldKey, key) ? oldKey : key;
    });
    this.#logger.log(`API_KEYS_FILE reloaded; keys: ${keys.map(({ name }) => name).join(', ')}`);
    this.#warnAboutKeys();
  }

  #warnAboutKeys(): void {
    for (const { name } of this.#keys.filter((key) => key.isShort)) {
      this.#logger.warn(
        `API key "${name}" is shorter than ${MIN_KEY_LENGTH} characters; create a longer one with docker-stats-api --print-key`,
      );
    }
    this.#warnAboutExpiry();
  }

  #warnAboutExpiry(): void {
    for (const key of this.#keys) {
      if (key.expiresAt === undefined || Date.now() < key.expiresAt - WARN_BEFORE_MS) continue;
      const lastDay = new Date(key.expiresAt - DAY_MS).toISOString().slice(0, 10);
      this.#logger.warn(
        hasExpired(key)
          ? `API key "${key.name}" expired at the end of ${lastDay} (UTC); remove or replace it`
          : `API key "${key.name}" expires at the end of ${lastDay} (UTC); replace it before then`,
      );
    }
  }

  #generate(): ApiKey {
    this.#generatedKey = generateApiKey();
    return { name: 'generated', digest: hashKey(this.#generatedKey), isShort: false };
  }
}

/** Whether the expiry date of a key has passed. */
export function hasExpired({ expiresAt = Infinity }: ApiKey): boolean {
  return Date.now() >= expiresAt;
}
