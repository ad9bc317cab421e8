import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { TemporaryFolder } from '../../test/support/files/temporary-folder.js';
import type { ApiKey } from '../config/api-keys/api-keys.js';
import { InvalidSettingsError } from '../config/invalid-settings.error.js';
import { readSettings } from '../config/read-settings.js';
import { ApiKeyStore } from './api-key-store.js';

let logged: unknown[];
beforeEach(() => {
  logged = [];
  for (const level of ['log', 'warn', 'error'] as const) {
    vi.spyOn(Logger.prototype, level).mockImplementation(
      (line: unknown) => void logged.push(`${level}: ${String(line)}`),
    );
  }
});

function createStore(env: NodeJS.ProcessEnv): ApiKeyStore {
  const store = new ApiKeyStore(readSettings(env));
  onTestFinished(() => store.onModuleDestroy());
  store.onModuleInit();
  return store;
}

function findKey(store: ApiKeyStore, text: string): ApiKey {
  const key = store.find(text);
  if (key === undefined) throw new Error('no such key');
  return key;
}

function throwEmfile(): never {
  throw Object.assign(new Error('too many open files'), { code: 'EMFILE' });
}

describe('ApiKeyStore', () => {
  it('finds a key by its exact text only', () => {
    const store = createStore({ API_KEYS: 'grafana:grafana-key-0123456,ci-key-0123456789' });
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

  it('generates a key for this run when none is configured, and returns it once', () => {
    const store = createStore({});
    const key = store.takeGeneratedKey() ?? '';
    expect(key).toMatch(/^[\w-]{32}$/);
    expect(store.find(key)?.name).toBe('generated');
    expect(store.takeGeneratedKey()).toBeUndefined();
    expect(createStore({}).find(key)).toBeUndefined();
  });

  it('generates no key when one is configured', () => {
    expect(createStore({ API_KEYS: 'ci-key-0123456789' }).takeGeneratedKey()).toBeUndefined();
    const API_KEYS_FILE = new TemporaryFolder().write('keys', 'ci:ci-key-0123456789');
    expect(createStore({ API_KEYS_FILE }).takeGeneratedKey()).toBeUndefined();
  });

  it('logs a warning with the name of a short key', () => {
    createStore({ API_KEYS: 'web:123abc,long:ci-key-0123456789' });
    expect(logged).toEqual([
      'warn: API key "web" is shorter than 16 characters; create a longer one with docker-stats-api --print-key',
    ]);
  });
});

describe('ApiKeyStore with a key that has an expiry date', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.UTC(2027, 0, 20, 12) });
  });

  it('accepts the key until the end of that day, UTC', () => {
    const store = createStore({ API_KEYS: 'ci:ci-key-0123456789;expires=2027-01-31' });
    const key = findKey(store, 'ci-key-0123456789');
    vi.setSystemTime(Date.UTC(2027, 1, 1) - 1);
    expect(store.isValid(key)).toBe(true);
    vi.setSystemTime(Date.UTC(2027, 1, 1));
    expect(store.isValid(key)).toBe(false);
  });

  it('logs a warning each day, starting a week before', () => {
    createStore({
      API_KEYS: 'ci:ci-key-0123456789;expires=2027-01-31,cd:cd-key-0123456789;expires=2028-01-31',
    });
    vi.setSystemTime(Date.UTC(2027, 0, 24, 12));
    vi.advanceTimersByTime(86_400_000 - 1);
    expect(logged).toEqual([]);
    vi.advanceTimersByTime(1);
    const soon = 'warn: API key "ci" expires at the end of 2027-01-31 (UTC); replace it before then';
    expect(logged).toEqual([soon]);
    vi.advanceTimersByTime(8 * 86_400_000);
    const over = 'warn: API key "ci" expired at the end of 2027-01-31 (UTC); remove or replace it';
    expect(logged).toEqual([...Array.from({ length: 7 }, () => soon), over, over]);
  });
});

describe('ApiKeyStore with API_KEYS_FILE', () => {
  const OLD = 'old-key-0123456789';
  const NEW = 'new-key-0123456789';

  beforeEach(() => {
    vi.useFakeTimers();
  });

  it('reloads the file when it changes', () => {
    const folder = new TemporaryFolder();
    const store = createStore({
      API_KEYS: 'ci:ci-key-0123456789',
      API_KEYS_FILE: folder.write('keys', `a:${OLD}`),
    });
    const [ci, old] = [findKey(store, 'ci-key-0123456789'), findKey(store, OLD)];
    folder.write('keys', `a:${NEW}`);
    vi.advanceTimersByTime(3000);
    expect(store.find(NEW)?.name).toBe('a');
    expect(store.find(OLD)).toBeUndefined();
    expect(store.isValid(ci)).toBe(true);
    expect(store.isValid(old)).toBe(false);
    expect(logged).toEqual(['log: API_KEYS_FILE reloaded; keys: ci, a']);
  });

  it('logs a warning about a short key when it reloads the file', () => {
    const folder = new TemporaryFolder();
    createStore({ API_KEYS_FILE: folder.write('keys', `a:${OLD}`) });
    folder.write('keys', 'a:short');
    vi.advanceTimersByTime(3000);
    expect(logged).toContain(
      'warn: API key "a" is shorter than 16 characters; create a longer one with docker-stats-api --print-key',
    );
  });

  it('reloads the file when the symbolic links of a mounted secret are swapped', () => {
    const folder = new TemporaryFolder();
    folder.mount({ keys: `a:${OLD}` });
    const store = createStore({ API_KEYS_FILE: `${folder.path}/keys` });
    folder.mount({ keys: `a:${NEW}` });
    vi.advanceTimersByTime(3000);
    expect(store.find(NEW)?.name).toBe('a');
    expect(store.find(OLD)).toBeUndefined();
  });

  it('keeps unchanged keys valid, but not a key with a new scope', () => {
    const folder = new TemporaryFolder();
    const store = createStore({ API_KEYS_FILE: folder.write('keys', `a:${OLD};containers=web-*\nb:${NEW}`) });
    const [a, b] = [findKey(store, OLD), findKey(store, NEW)];
    folder.write('keys', `# changed\nb:${NEW}\na:${OLD};containers=web-1`);
    vi.advanceTimersByTime(3000);
    expect(store.isValid(a)).toBe(false);
    expect(store.isValid(b)).toBe(true);
    expect(store.find(OLD)?.containers).toEqual(['web-1']);
  });

  it.each([
    ['is malformed', `a:${NEW};containers=`, 'API_KEYS_FILE: line 1 must have names or patterns'],
    ['is empty', '', 'API_KEYS_FILE must contain at least one API key'],
  ])('keeps the current keys when the new file %s, and logs the error', (_how, text, error) => {
    const folder = new TemporaryFolder();
    const store = createStore({ API_KEYS_FILE: folder.write('keys', `a:${OLD}`) });
    const old = findKey(store, OLD);
    folder.write('keys', text);
    vi.advanceTimersByTime(3000);
    expect(store.isValid(old)).toBe(true);
    expect(store.find(NEW)).toBeUndefined();
    expect(logged).toEqual([
      expect.stringContaining(`error: API_KEYS_FILE not reloaded; keeping the current keys: ${error}`),
    ]);
    expect(logged.join()).not.toContain(NEW);
    folder.write('keys', `a:${NEW}`);
    vi.advanceTimersByTime(3000);
    expect(store.isValid(old)).toBe(false);
    expect(store.find(NEW)?.name).toBe('a');
  });

  it('reloads the file later if no file descriptor is free when it changes', () => {
    const folder = new TemporaryFolder();
    const API_KEYS_FILE = folder.write('keys', `a:${OLD}`);
    const store = createStore({ API_KEYS_FILE });
    folder.write('keys', `a:${NEW}`);
    const spies = [
      vi.spyOn(fs, 'openSync').mockImplementation(throwEmfile),
      vi.spyOn(fs, 'readFileSync').mockImplementation(throwEmfile),
    ];
    syncBuiltinESMExports();
    vi.advanceTimersByTime(3000);
    for (const spy of spies) spy.mockRestore();
    syncBuiltinESMExports();
    expect(logged).toEqual([
      `error: API_KEYS_FILE not reloaded; keeping the current keys: API_KEYS_FILE (${API_KEYS_FILE}) cannot be read: EMFILE`,
    ]);
    vi.advanceTimersByTime(3000);
    expect(store.find(NEW)?.name).toBe('a');
  });

  it('reloads 12,000 keys in less than two seconds of CPU time', () => {
    const folder = new TemporaryFolder();
    const lines = Array.from({ length: 12_000 }, (_, n) => `k${n}:sha256:${`${n}`.padStart(64, '0')}\n`);
    const store = createStore({ API_KEYS_FILE: folder.write('keys', `a:${OLD}`) });
    for (const text of [lines.join(''), lines.join('') + `a:${NEW}`]) {
      folder.write('keys', text);
      const cpu = process.cpuUsage();
      vi.advanceTimersByTime(3000);
      expect(process.cpuUsage(cpu).user).toBeLessThan(2_000_000);
    }
    expect(store.find(NEW)?.name).toBe('a');
  });

  it('throws at startup when the file is invalid', () => {
    const folder = new TemporaryFolder();
    const settings = readSettings({ API_KEYS_FILE: folder.write('keys', `a:${OLD}`) });
    folder.write('keys', 'nonsense');
    expect(() => new ApiKeyStore(settings)).toThrow(InvalidSettingsError);
  });
});
