/** Under which the browser stores the API key. */
const STORAGE_KEY = 'docker-stats-api-key';

/** Where a key is stored: `sessionStorage` ends with the tab, `localStorage` stays on the device. */
export interface KeyStorages {
  readonly session: Storage;
  readonly device: Storage;
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

export function readStoredKey({ session, device }: KeyStorages): string | undefined {
  return session.getItem(STORAGE_KEY) ?? device.getItem(STORAGE_KEY) ?? undefined;
}

export function isRemembered({ device }: KeyStorages): boolean {
  return device.getItem(STORAGE_KEY) !== null;
}

/** Stores the key until the tab is closed, or on this device. */
export function storeKey(storages: KeyStorages, key: string, isForDevice: boolean): void {
  forgetKey(storages);
  (isForDevice ? storages.device : storages.session).setItem(STORAGE_KEY, key);
}

export function forgetKey({ session, device }: KeyStorages): void {
  session.removeItem(STORAGE_KEY);
  device.removeItem(STORAGE_KEY);
}
