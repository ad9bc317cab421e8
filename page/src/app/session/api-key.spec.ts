import { beforeEach, describe, expect, it } from 'vitest';
import { BrowserStorage } from '../browser-storage.js';
import {
  forgetKey,
  isRemembered,
  type KeyStorages,
  readStoredKey,
  storeKey,
  takeKeyFromUrl,
} from './api-key.js';

class FakeStorage extends Map<string, string> implements Storage {
  readonly length = 0;
  getItem(key: string): string | null {
    return this.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.set(key, value);
  }
  removeItem(key: string): void {
    this.delete(key);
  }
  key(): null {
    return null;
  }
}

class FullStorage extends FakeStorage {
  override setItem(): void {
    throw new DOMException('The quota has been exceeded', 'QuotaExceededError');
  }
}

function openBlockedStorage(): Storage {
  throw new DOMException('Access is denied for this document', 'SecurityError');
}

describe('takeKeyFromUrl', () => {
  it.each([
    ['https://x/#key=secret', 'secret', 'https://x/'],
    ['https://x/p/?sort=name#key=a%2Bb', 'a+b', 'https://x/p/?sort=name'],
    ['https://x/?api_key=secret&sort=name', 'secret', 'https://x/?sort=name'],
    ['https://x/?api_key=old#key=new', 'new', 'https://x/'],
    ['https://x/?api_key=', undefined, 'https://x/'],
    ['https://x/?sort=name#other', undefined, 'https://x/?sort=name#other'],
  ])('of %s: %s', (url, key, cleanUrl) => {
    const taken = takeKeyFromUrl(new URL(url));
    expect(taken.key).toBe(key);
    expect(taken.cleanUrl.href.replace(/#$/, '')).toBe(cleanUrl);
  });
});

describe('Stored key', () => {
  let storages: KeyStorages;
  beforeEach(() => {
    const [tab, device] = [new FakeStorage(), new FakeStorage()];
    storages = { tab: new BrowserStorage(() => tab), device: new BrowserStorage(() => device) };
  });

  it('is in the tab only', () => {
    expect(storeKey(storages, 'secret', false)).toBe(true);
    expect(readStoredKey(storages)).toBe('secret');
    expect(isRemembered(storages)).toBe(false);
  });

  it('is on the device if the user wants that, and only there', () => {
    storeKey(storages, 'first', false);
    expect(storeKey(storages, 'second', true)).toBe(true);
    expect(readStoredKey(storages)).toBe('second');
    expect(isRemembered(storages)).toBe(true);
  });

  it('is gone everywhere after it is forgotten', () => {
    storeKey(storages, 'secret', true);
    forgetKey(storages);
    expect(readStoredKey(storages)).toBeUndefined();
  });

  it.each([
    ['blocked', openBlockedStorage],
    ['full', () => new FullStorage()],
  ])('is not kept if the storage is %s', (_state, openStorage) => {
    const storage = new BrowserStorage(openStorage);
    storages = { tab: storage, device: storage };
    expect(storeKey(storages, 'secret', false)).toBe(false);
    expect(storeKey(storages, 'secret', true)).toBe(false);
    expect(readStoredKey(storages)).toBeUndefined();
    expect(isRemembered(storages)).toBe(false);
  });
});
