import { timingSafeEqual } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  Injectable,
  Logger,
  type OnModuleDestroy,
  type OnModuleInit,
  UnauthorizedException,
} from '@nestjs/common';
import { type ApiKey, DAY_MS, digestOf, MIN_KEY_LENGTH } from '../config/api-keys/api-keys.js';
import { configuredApiKeys } from '../config/api-keys/configured-api-keys.js';
import { FileWatch } from '../config/files/file-watch.js';
import { InvalidSettingsError } from '../config/invalid-settings.error.js';
import { newApiKey } from '../config/api-keys/new-api-key.js';
import { Settings } from '../config/settings.js';

/** From how long before a key's end the log warns of it. */
const WARN_BEFORE_MS = 7 * DAY_MS;

/** Knows the API keys by their digests, as `API_KEYS_FILE` has them now. Without a configured key it makes one for this run. */
@Injectable()
export class ApiKeyStore implements OnModuleInit, OnModuleDestroy {
  readonly #logger = new Logger(ApiKeyStore.name);
  #keys: readonly ApiKey[];
  #generatedKey: string | undefined;
  readonly #fileWatch: FileWatch | undefined;
  #expiryTimer: NodeJS.Timeout | undefined;

  /** @throws {InvalidSettingsError} when the keys cannot be read */
  constructor(private readonly settings: Settings) {
    if (settings.API_KEYS_FILE !== undefined) {
      this.#fileWatch = new FileWatch([settings.API_KEYS_FILE], () => this.#reload());
    }
    const { keys, faults } = configuredApiKeys(settings);
    if (faults.length > 0) throw new InvalidSettingsError(faults);
    this.#keys = keys.length > 0 ? keys : [this.#generate()];
  }

  onModuleInit(): void {
    this.#warn();
    this.#expiryTimer = setInterval(() => this.#warnOfExpiry(), DAY_MS).unref();
  }

  onModuleDestroy(): void {
    this.#fileWatch?.close();
    clearInterval(this.#expiryTimer);
  }

  /**
   * The key that fits, expired or not; `undefined` for a wrong one. Compares digests in constant time, and all of them,
   * so that the time tells nothing of any key.
   */
  find(key: string): ApiKey | undefined {
    const digest = digestOf(key);
    let found: ApiKey | undefined;
    for (const known of this.#keys) {
      if (timingSafeEqual(known.digest, digest)) found = known;
    }
    return found;
  }

  /** Whether a key that was found earlier still lets in, and to the same containers. */
  isValid(key: ApiKey): boolean {
    return this.#keys.includes(key) && !hasExpired(key);
  }

  /** @throws {UnauthorizedException} when a key that was found earlier is not valid any more */
  assertValid(key: ApiKey): void {
    if (!this.isValid(key)) throw new UnauthorizedException('The API key is no longer valid');
  }

  /** The key made for this run, if one was: once, for the operator's eyes; not kept after that. */
  takeGeneratedKey(): string | undefined {
    const key = this.#generatedKey;
    this.#generatedKey = undefined;
    return key;
  }

  #reload(): void {
    const { keys, faults } = configuredApiKeys(this.settings);
    if (faults.length > 0) {
      this.#logger.error(`The API keys stay as they were: ${faults.join('; ')}`);
      return;
    }
    // A key that is the same stays the same object: by it, isValid knows it.
    const known = new Map(this.#keys.map((key) => [key.name, key]));
    this.#keys = keys.map((key) => {
      const before = known.get(key.name);
      return before !== undefined && isDeepStrictEqual(before, key) ? before : key;
    });
    this.#logger.log(
      `API_KEYS_FILE has changed; the keys are now: ${keys.map(({ name }) => name).join(', ')}`,
    );
    this.#warn();
  }

  #warn(): void {
    for (const { name } of this.#keys.filter((key) => key.isShort)) {
      this.#logger.warn(
        `API key "${name}" is shorter than ${MIN_KEY_LENGTH} characters: make one with docker-stats-api --print-key`,
      );
    }
    this.#warnOfExpiry();
  }

  #warnOfExpiry(): void {
    for (const key of this.#keys) {
      if (key.expiresAt === undefined || Date.now() < key.expiresAt - WARN_BEFORE_MS) continue;
      const lastDay = new Date(key.expiresAt - DAY_MS).toISOString().slice(0, 10);
      this.#logger.warn(
        hasExpired(key)
          ? `API key "${key.name}" has expired: ${lastDay} was its last day`
          : `API key "${key.name}" expires soon: ${lastDay} is its last day (UTC)`,
      );
    }
  }

  #generate(): ApiKey {
    this.#generatedKey = newApiKey();
    return { name: 'generated', digest: digestOf(this.#generatedKey), isShort: false };
  }
}

/** Whether a key's last day is over. */
export function hasExpired({ expiresAt = Infinity }: ApiKey): boolean {
  return Date.now() >= expiresAt;
}
