import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { TemporaryFolder } from '../../test/support/temporary-folder.js';
import type { ApiKey } from '../config/api-keys/api-keys.js';
import { InvalidSettingsError } from '../config/invalid-settings.error.js';
import { readSettings } from '../config/read-settings.js';
import { ApiKeyStore } from './api-key-store.js';

let said: unknown[];
beforeEach(() => {
  said = [];
  for (const level of ['log', 'warn', 'error'] as const) {
    vi.spyOn(Logger.prototype, level).mockImplementation(
      (line: unknown) => void said.push(`${level}: ${String(line)}`),
    );
  }
});

function storeOf(env: NodeJS.ProcessEnv): ApiKeyStore {
  const store = new ApiKeyStore(readSettings(env));
  onTestFinished(() => store.onModuleDestroy());
  store.onModuleInit();
  return store;
}

/** The key that fits. */
function found(store: ApiKeyStore, key: string): ApiKey {
  const known = store.find(key);
  if (known === undefined) throw new Error('no such key');
  return known;
}

function noDescriptor(): never {
  throw Object.assign(new Error('too many open files'), { code: 'EMFILE' });
}

describe('ApiKeyStore', () => {
  it('finds the key that fits, and no other', () => {
    const store = storeOf({ API_KEYS: 'grafana:grafana-key-0123456,ci-key-0123456789' });
    expect(store.find('grafana-key-0123456')?.name).toBe('grafana');
    expect(store.find('ci-key-0123456789')?.name).toBe('key-2');
    for (const wrong of [
      '',
      'grafana',
      'grafana-key-012345',
      'GRAFANA-KEY-0123456',
      'grafana:grafana-key-0123456',
    ]) {
      expect(store.find(wrong)).toBeUndefined();
    }
  });

  it('makes a key for this run when none is configured, and gives it away once', () => {
    const store = storeOf({});
    const key = store.takeGeneratedKey() ?? '';
    expect(key).toMatch(/^[\w-]{32}$/);
    expect(store.find(key)?.name).toBe('generated');
    expect(store.takeGeneratedKey()).toBeUndefined();
    expect(storeOf({}).find(key)).toBeUndefined();
  });

  it('makes none when one is configured', () => {
    expect(storeOf({ API_KEYS: 'ci-key-0123456789' }).takeGeneratedKey()).toBeUndefined();
    const API_KEYS_FILE = new TemporaryFolder().write('keys', 'ci:ci-key-0123456789');
    expect(storeOf({ API_KEYS_FILE }).takeGeneratedKey()).toBeUndefined();
  });

  it('warns about a short key by its name', () => {
    storeOf({ API_KEYS: 'web:123abc,long:ci-key-0123456789' });
    expect(said).toEqual([
      'warn: API key "web" is shorter than 16 characters: make one with docker-stats-api --print-key',
    ]);
  });
});

describe('a key that expires', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.UTC(2027, 0, 20, 12) });
    onTestFinished(() => void vi.useRealTimers());
  });

  it('is valid until the end of its last day, UTC', () => {
    const store = storeOf({ API_KEYS: 'ci:ci-key-0123456789;expires=2027-01-31' });
    const key = found(store, 'ci-key-0123456789');
    vi.setSystemTime(Date.UTC(2027, 1, 1) - 1);
    expect(store.isValid(key)).toBe(true);
    vi.setSystemTime(Date.UTC(2027, 1, 1));
    expect(store.isValid(key)).toBe(false);
  });

  it('is warned about each day, from a week before', () => {
    storeOf({ API_KEYS: 'ci:ci-key-0123456789;expires=2027-01-31,cd:cd-key-0123456789;expires=2028-01-31' });
    vi.setSystemTime(Date.UTC(2027, 0, 24, 12));
    vi.advanceTimersByTime(86_400_000 - 1);
    expect(said).toEqual([]);
    vi.advanceTimersByTime(1);
    const soon = 'warn: API key "ci" expires soon: 2027-01-31 is its last day (UTC)';
    expect(said).toEqual([soon]);
    vi.advanceTimersByTime(8 * 86_400_000);
    const over = 'warn: API key "ci" has expired: 2027-01-31 was its last day';
    expect(said).toEqual([...Array.from({ length: 7 }, () => soon), over, over]);
  });
});

describe('API_KEYS_FILE', () => {
  const OLD = 'old-key-0123456789';
  const NEW = 'new-key-0123456789';

  beforeEach(() => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
  });

  it('is taken up when it changes', () => {
    const folder = new TemporaryFolder();
    const store = storeOf({
      API_KEYS: 'ci:ci-key-0123456789',
      API_KEYS_FILE: folder.write('keys', `a:${OLD}`),
    });
    const [ci, old] = [found(store, 'ci-key-0123456789'), found(store, OLD)];
    folder.write('keys', `a:${NEW}`);
    vi.advanceTimersByTime(3000);
    expect(store.find(NEW)?.name).toBe('a');
    expect(store.find(OLD)).toBeUndefined();
    expect(store.isValid(ci)).toBe(true);
    expect(store.isValid(old)).toBe(false);
    expect(said).toEqual(['log: API_KEYS_FILE has changed; the keys are now: ci, a']);
  });

  it('is warned about when it is taken up', () => {
    const folder = new TemporaryFolder();
    storeOf({ API_KEYS_FILE: folder.write('keys', `a:${OLD}`) });
    folder.write('keys', 'a:short');
    vi.advanceTimersByTime(3000);
    expect(said).toContain(
      'warn: API key "a" is shorter than 16 characters: make one with docker-stats-api --print-key',
    );
  });

  it('is taken up when the links of a mounted secret are swapped', () => {
    const folder = new TemporaryFolder();
    folder.mount({ keys: `a:${OLD}` });
    const store = storeOf({ API_KEYS_FILE: `${folder.path}/keys` });
    folder.mount({ keys: `a:${NEW}` });
    vi.advanceTimersByTime(3000);
    expect(store.find(NEW)?.name).toBe('a');
    expect(store.find(OLD)).toBeUndefined();
  });

  it('keeps what is the same: a key with another scope or end is another key', () => {
    const folder = new TemporaryFolder();
    const store = storeOf({ API_KEYS_FILE: folder.write('keys', `a:${OLD};containers=web-*\nb:${NEW}`) });
    const [a, b] = [found(store, OLD), found(store, NEW)];
    folder.write('keys', `# changed\nb:${NEW}\na:${OLD};containers=web-1`);
    vi.advanceTimersByTime(3000);
    expect(store.isValid(a)).toBe(false);
    expect(store.isValid(b)).toBe(true);
    expect(store.find(OLD)?.containers).toEqual(['web-1']);
  });

  it.each([
    ['is broken', `a:${NEW};containers=`, 'API_KEYS_FILE: line 1 must have container names or patterns'],
    ['is empty', '', 'API_KEYS_FILE must hold a key'],
  ])('keeps the old keys when it %s, and says so', (_how, text, fault) => {
    const folder = new TemporaryFolder();
    const store = storeOf({ API_KEYS_FILE: folder.write('keys', `a:${OLD}`) });
    const old = found(store, OLD);
    folder.write('keys', text);
    vi.advanceTimersByTime(3000);
    expect(store.isValid(old)).toBe(true);
    expect(store.find(NEW)).toBeUndefined();
    expect(said).toEqual([expect.stringContaining(`error: The API keys stay as they were: ${fault}`)]);
    expect(said.join()).not.toContain(NEW);
    folder.write('keys', `a:${NEW}`);
    vi.advanceTimersByTime(3000);
    expect(store.isValid(old)).toBe(false);
    expect(store.find(NEW)?.name).toBe('a');
  });

  it('is taken up later when there is no file descriptor for it', () => {
    const folder = new TemporaryFolder();
    const API_KEYS_FILE = folder.write('keys', `a:${OLD}`);
    const store = storeOf({ API_KEYS_FILE });
    folder.write('keys', `a:${NEW}`);
    const spies = [
      vi.spyOn(fs, 'openSync').mockImplementation(noDescriptor),
      vi.spyOn(fs, 'readFileSync').mockImplementation(noDescriptor),
    ];
    syncBuiltinESMExports();
    vi.advanceTimersByTime(3000);
    for (const spy of spies) spy.mockRestore();
    syncBuiltinESMExports();
    expect(said).toEqual([
      `error: The API keys stay as they were: API_KEYS_FILE (${API_KEYS_FILE}) cannot be read: EMFILE`,
    ]);
    vi.advanceTimersByTime(3000);
    expect(store.find(NEW)?.name).toBe('a');
  });

  it('does not hold the service up when it has very many keys', () => {
    const folder = new TemporaryFolder();
    const lines = Array.from({ length: 12_000 }, (_, n) => `k${n}:sha256:${`${n}`.padStart(64, '0')}\n`);
    const store = storeOf({ API_KEYS_FILE: folder.write('keys', `a:${OLD}`) });
    for (const text of [lines.join(''), lines.join('') + `a:${NEW}`]) {
      folder.write('keys', text);
      const cpu = process.cpuUsage();
      vi.advanceTimersByTime(3000);
      expect(process.cpuUsage(cpu).user).toBeLessThan(2_000_000);
    }
    expect(store.find(NEW)?.name).toBe('a');
  });

  it('is refused at the start when it is broken', () => {
    const folder = new TemporaryFolder();
    const settings = readSettings({ API_KEYS_FILE: folder.write('keys', `a:${OLD}`) });
    folder.write('keys', 'nonsense');
    expect(() => new ApiKeyStore(settings)).toThrow(InvalidSettingsError);
  });
});
