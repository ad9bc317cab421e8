import { timingSafeEqual } from 'node:crypto';
import { beforeEach, expect, it, vi } from 'vitest';
import { readSettings } from '../config/read-settings.js';
import { ApiKeyStore } from './api-key-store.js';

vi.mock('node:crypto', async (importOriginal) => {
  const crypto = await importOriginal<typeof import('node:crypto')>();
  return { ...crypto, timingSafeEqual: vi.fn<typeof timingSafeEqual>(crypto.timingSafeEqual) };
});

const compared = vi.mocked(timingSafeEqual);
beforeEach(() => void compared.mockClear());

const KEYS = ['first-key-0123456789', 'second-key-0123456789', 'x'];
const store = new ApiKeyStore(readSettings({ API_KEYS: KEYS.join(',') }));

it.each([
  ['a wrong key', 'wrong-key-0123456789'],
  ['the beginning of a key', 'first-key-012345678'],
  ['all but the last character', 'first-key-012345678x'],
  ['an empty key', ''],
  ['a very long key', 'x'.repeat(10_000)],
  ['the first key', 'first-key-0123456789'],
  ['the last key', 'x'],
])('%s is compared by its digest, whole, with every key, in constant time', (_what, key) => {
  store.find(key);
  const lengths = compared.mock.calls.map((buffers) => buffers.map(({ byteLength }) => byteLength));
  expect(lengths).toEqual(KEYS.map(() => [32, 32]));
});
