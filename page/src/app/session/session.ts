import { type ReadonlySignal, effect, signal } from '@preact/signals';
import { StatsClient } from 'docker-stats-client';
import { LiveStats } from '../../live/live-stats.js';
import {
  type KeyStorages,
  forgetKey,
  isRemembered,
  readStoredKey,
  storeKey,
  takeKeyFromUrl,
} from './api-key.js';

/** What the page does with one API key. */
export interface Session {
  readonly client: StatsClient;
  readonly live: LiveStats;
}

/** The API key of the page, and what is open with it. */
export class Sessions {
  readonly #current = signal<Session | undefined>(undefined);
  readonly #message = signal('');

  constructor(private readonly storages: KeyStorages) {}

  /** Missing while the page asks for a key. */
  get current(): ReadonlySignal<Session | undefined> {
    return this.#current;
  }

  /** Why the page asks for a key again. */
  get message(): ReadonlySignal<string> {
    return this.#message;
  }

  /** Takes the key from the URL, and removes it there; or takes the stored one. */
  start(): void {
    const key = takeKeyFromAddressBar() ?? readStoredKey(this.storages);
    if (key !== undefined) this.open(key, isRemembered(this.storages));
    addEventListener('hashchange', () => {
      const newKey = takeKeyFromAddressBar();
      if (newKey !== undefined) this.open(newKey, isRemembered(this.storages));
    });
    document.addEventListener('visibilitychange', () => this.#followVisibility());
  }

  /** Uses this key from now on. */
  open(key: string, isForDevice: boolean): void {
    const client = createClient(key);
    if (client === undefined) {
      this.#message.value =
        'This cannot be an API key: it contains characters that no HTTP header can contain.';
      return;
    }
    this.close();
    storeKey(this.storages, key, isForDevice);
    const live = new LiveStats(client);
    this.#current.value = { client, live };
    this.#followVisibility();
    effect(() => {
      const connection = live.connection.value;
      if (connection.state === 'refused') this.close(connection.message);
    });
  }

  /** Asks for a key again. The message says why. */
  close(message = ''): void {
    this.#current.peek()?.live.pause();
    this.#current.value = undefined;
    this.#message.value = message;
    forgetKey(this.storages);
  }

  /** While nobody sees the page, the service must not take samples for it. */
  #followVisibility(): void {
    const live = this.#current.peek()?.live;
    if (document.hidden) live?.pause();
    else live?.start();
  }
}

function takeKeyFromAddressBar(): string | undefined {
  const { key, cleanUrl } = takeKeyFromUrl(new URL(location.href));
  if (cleanUrl.href !== location.href) history.replaceState(history.state, '', cleanUrl);
  return key;
}

function createClient(apiKey: string): StatsClient | undefined {
  try {
    return new StatsClient({ baseUrl: new URL('.', location.href), apiKey });
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
