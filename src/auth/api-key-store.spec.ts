import { Logger } from '@nestjs/common';
import { describe, expect, it, vi } from 'vitest';
import { readSettings } from '../config/read-settings.js';
import { ApiKeyStore } from './api-key-store.js';

function storeOf(API_KEYS: string): ApiKeyStore {
  return new ApiKeyStore(readSettings({ API_KEYS }));
}

describe('ApiKeyStore', () => {
  it('names the key that fits, and no other', () => {
    const store = storeOf('grafana:grafana-key-0123456,ci-key-0123456789');
    expect(store.nameOf('grafana-key-0123456')).toBe('grafana');
    expect(store.nameOf('ci-key-0123456789')).toBe('key-2');
    for (const wrong of [
      '',
      'grafana',
      'grafana-key-012345',
      'GRAFANA-KEY-0123456',
      'grafana:grafana-key-0123456',
    ]) {
      expect(store.nameOf(wrong)).toBeUndefined();
    }
  });

  it('makes a key for this run when none is configured, and gives it away once', () => {
    const store = storeOf('');
    const key = store.takeGeneratedKey() ?? '';
    expect(key).toMatch(/^[\w-]{32}$/);
    expect(store.nameOf(key)).toBe('generated');
    expect(store.takeGeneratedKey()).toBeUndefined();
    expect(storeOf('').nameOf(key)).toBeUndefined();
  });

  it('makes none when one is configured', () => {
    expect(storeOf('ci-key-0123456789').takeGeneratedKey()).toBeUndefined();
  });

  it('warns about a short key by its name', () => {
    const warn = vi.spyOn(Logger.prototype, 'warn');
    storeOf('web:123abc,long:ci-key-0123456789');
    expect(warn.mock.calls).toEqual([
      ['API key "web" is shorter than 16 characters: make one with npm run key'],
    ]);
  });
});
