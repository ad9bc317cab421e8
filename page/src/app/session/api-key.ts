import type { BrowserStorage } from '../browser-storage.js';

/** Under which the browser stores the API key. */
const STORAGE_KEY = 'docker-stats-api-key';

/** Where a key is stored: until the tab is closed, or on the device. */
export interface KeyStorages {
  readonly tab: BrowserStorage;
  readonly device: BrowserStorage;
}

/** Takes the key from `#key=` or `?api_key=` of the page's URL, and returns the URL without it. */
export function takeKeyFromUrl(url: URL): { readonly key: string | undefined; readonly cleanUrl: URL } {
  const cleanUrl = new URL(url);
  const fragment = new URLSearchParams(url.hash.slice(1));
  const key = fragment.get('key') ?? url.searchParams.get('api_key') ?? undefined;
  cleanUrl.searchParams.delete('api_key');
  if (fragment.has('key')) cleanUrl.hash = '';
  return { key: key?.trim() === '' ? undefined : key?.trim(), cleanUrl };
}

export function readStoredKey({ tab, device }: KeyStorages): string | undefined {
  return tab.read(STORAGE_KEY) ?? device.read(STORAGE_KEY);
}

export function isRemembered({ device }: KeyStorages): boolean {
  return device.read(STORAGE_KEY) !== undefined;
}

/** Stores the key until the tab is closed, or on this device. Returns whether the browser keeps it. */
export function storeKey(storages: KeyStorages, key: string, isForDevice: boolean): boolean {
  forgetKey(storages);
  return (isForDevice ? storages.device : storages.tab).write(STORAGE_KEY, key);
}

export function forgetKey({ tab, device }: KeyStorages): void {
  tab.remove(STORAGE_KEY);
  device.remove(STORAGE_KEY);
}
