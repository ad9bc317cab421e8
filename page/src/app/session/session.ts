import { type ReadonlySignal, effect, signal } from '@preact/signals';
import { LiveStats } from '../../live/live-stats.js';
import { ServiceClient } from '../../live/service-client.js';
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
  readonly client: ServiceClient;
  readonly live: LiveStats;
  /** Whether the service has accepted the key. Until then, the page shows nothing of the dashboard. */
  readonly isAccepted: boolean;
}

/** The API key of the page, and what is open with it. */
export class Sessions {
  readonly #current = signal<Session | undefined>(undefined);
  readonly #isAsking = signal(true);
  readonly #message = signal('');
  readonly #isKeyKept = signal(true);
  #isForDevice = false;
  #stopFollowing: (() => void) | undefined;

  constructor(private readonly storages: KeyStorages) {}

  /** Missing without a key. */
  get current(): ReadonlySignal<Session | undefined> {
    return this.#current;
  }

  /** Whether the user enters the key; otherwise it is from the URL, or was stored. */
  get isAsking(): ReadonlySignal<boolean> {
    return this.#isAsking;
  }

  /** Why the page asks for a key again. */
  get message(): ReadonlySignal<string> {
    return this.#message;
  }

  /** Whether the browser has stored the key, or the user knows that it has not. */
  get isKeyKept(): ReadonlySignal<boolean> {
    return this.#isKeyKept;
  }

  /** Whether the user wants the key to be remembered on this device. */
  get isForDevice(): boolean {
    return this.#isForDevice;
  }

  /** Takes the key from the URL, and removes it there; or takes the stored one. */
  start(): void {
    this.#openWithoutAsking(takeKeyFromAddressBar() ?? readStoredKey(this.storages));
    addEventListener('hashchange', () => this.#openWithoutAsking(takeKeyFromAddressBar()));
    document.addEventListener('visibilitychange', () => this.#followVisibility());
  }

  /** Uses this key from now on. */
  open(key: string, isForDevice: boolean): void {
    const client = createClient(key);
    if (client === undefined) {
      this.#ask('This cannot be an API key: it contains characters that no HTTP header can contain.');
      return;
    }
    this.#end();
    this.#isForDevice = isForDevice;
    this.#message.value = '';
    const live = new LiveStats(client);
    this.#current.value = { client, live, isAccepted: false };
    this.#followVisibility();
    this.#stopFollowing = effect(() => {
      const connection = live.connection.value;
      if (connection.state === 'refused') this.#refuse(connection.message);
      else if (['open', 'live', 'failing'].includes(connection.state)) this.#accept(key);
    });
  }

  /** Deletes the key, and asks for another one. */
  forget(): void {
    this.#isForDevice = false;
    this.#refuse('');
  }

  /** The user has read that the browser does not store the key. */
  confirmKeyIsNotKept(): void {
    this.#isKeyKept.value = true;
  }

  #openWithoutAsking(key: string | undefined): void {
    if (key === undefined) return;
    this.#isAsking.value = false;
    this.open(key, isRemembered(this.storages));
  }

  #accept(key: string): void {
    const session = this.#current.peek();
    if (session === undefined || session.isAccepted) return;
    this.#isKeyKept.value = storeKey(this.storages, key, this.#isForDevice);
    this.#current.value = { ...session, isAccepted: true };
  }

  #refuse(message: string): void {
    this.#end();
    forgetKey(this.storages);
    this.#ask(message);
  }

  #ask(message: string): void {
    this.#isAsking.value = true;
    this.#message.value = message;
  }

  #end(): void {
    this.#stopFollowing?.();
    this.#current.peek()?.live.pause();
    this.#current.value = undefined;
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

function createClient(apiKey: string): ServiceClient | undefined {
  try {
    return new ServiceClient(new URL('.', location.href), apiKey);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
