import { beforeEach, describe, expect, it } from 'vitest';
import { forgetKey, isRemembered, readStoredKey, storeKey, takeKeyFromUrl } from './api-key.js';

class FakeStorage extends Map<string, string> {
  getItem(key: string): string | null {
    return this.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.set(key, value);
  }
  removeItem(key: string): void {
    this.delete(key);
  }
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
  let storages: { session: Storage; device: Storage };
  beforeEach(() => {
    const [session, device] = [new FakeStorage(), new FakeStorage()] as unknown as [Storage, Storage];
    storages = { session, device };
  });

  it('is in the tab only', () => {
    storeKey(storages, 'secret', false);
    expect(readStoredKey(storages)).toBe('secret');
    expect(isRemembered(storages)).toBe(false);
  });

  it('is on the device if the user wants that, and only there', () => {
    storeKey(storages, 'first', false);
    storeKey(storages, 'second', true);
    expect(readStoredKey(storages)).toBe('second');
    expect(isRemembered(storages)).toBe(true);
  });

  it('is gone everywhere after it is forgotten', () => {
    storeKey(storages, 'secret', true);
    forgetKey(storages);
    expect(readStoredKey(storages)).toBeUndefined();
  });
});
