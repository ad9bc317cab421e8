import { describe, expect, it } from 'vitest';
import { readDocumentedSettings } from '../../test/support/service/documented-settings.js';
import { findInvalidSettings } from '../../test/support/service/invalid-settings.js';
import { InvalidSettingsError } from './invalid-settings.error.js';
import { readSettings } from './read-settings.js';

const LONG_KEY = 'k'.repeat(16);

describe('readSettings', () => {
  it('overrides the defaults with environment variables', () => {
    const env = { PORT: '0', HOST: '::1', NODE_ENV: 'test', DOCKER_BIN: '/opt/docker', LOG_LEVEL: 'debug' };
    expect(readSettings(env)).toMatchObject({ ...env, PORT: 0 });
  });

  it('uses the default for a missing or empty variable', () => {
    expect(readSettings({ PORT: '', API_KEYS: '' })).toMatchObject({
      PORT: 5005,
      HOST: '0.0.0.0',
      API_KEYS: { keys: [], problems: [] },
      CORS_ORIGINS: [],
      LOG_LEVEL: 'info',
      DOCS: true,
    });
  });

  it('returns a frozen object', () => {
    const settings = readSettings({});
    expect(() => Object.assign(settings, { PORT: 1 })).toThrow(TypeError);
  });

  it.each(['1e3', ' 80 ', '+80', '-1', '80.0', '0x50', '080', '65536', '99999999999999999999', 'http'])(
    'rejects the port %j',
    (PORT) => expect(findInvalidSettings({ PORT })).toEqual(['PORT must be a whole number from 0 to 65535']),
  );

  it.each(['TRUE', '1', 'yes', 'on'])('rejects the flag %j', (DEMO) => {
    expect(findInvalidSettings({ DEMO })).toEqual(['DEMO must be true or false']);
  });

  it('rejects a delay that is too long for a timer, and a timeout of 0', () => {
    expect(findInvalidSettings({ DOCKER_TIMEOUT_MS: '2147483648', HEALTH_TIMEOUT_MS: '0' })).toEqual([
      'DOCKER_TIMEOUT_MS must be a whole number from 1 to 2147483647',
      'HEALTH_TIMEOUT_MS must be a whole number from 1 to 2147483647',
    ]);
  });

  it('rejects STATS_MAX_AGE_MS below STATS_INTERVAL_MS', () => {
    expect(findInvalidSettings({ STATS_INTERVAL_MS: '3000', STATS_MAX_AGE_MS: '2999' })).toEqual([
      'STATS_MAX_AGE_MS must be at least STATS_INTERVAL_MS; otherwise samples become stale before the next one is taken',
    ]);
    expect(findInvalidSettings({ STATS_INTERVAL_MS: '3000', STATS_MAX_AGE_MS: '3000' })).toEqual([]);
  });

  it('reports all invalid settings at once, without their values', () => {
    const env = {
      PORT: 's3cret',
      HOST: 's3cret!',
      NODE_ENV: 's3cret',
      LOG_LEVEL: 's3cret',
      DOCS: 's3cret',
      DEMO: 's3cret',
      API_KEYS: 's3cret!',
    };
    const problems = findInvalidSettings(env);
    expect(problems.map((problem) => problem.split(/[ :]/)[0])).toEqual([
      'PORT',
      'HOST',
      'NODE_ENV',
      'LOG_LEVEL',
      'DOCS',
      'DEMO',
      'API_KEYS',
    ]);
    expect(new InvalidSettingsError(problems).message).not.toContain('s3cret');
  });

  it('rejects DEMO in production', () => {
    expect(findInvalidSettings({ NODE_ENV: 'production', API_KEYS: LONG_KEY, DEMO: 'true' })).toEqual([
      'DEMO must be false when NODE_ENV is production',
    ]);
  });
});

describe('TRUST_PROXY', () => {
  it.each([
    ['off', '127.0.0.1', 0, false],
    ['1', '203.0.113.9', 0, true],
    ['1', '203.0.113.9', 1, false],
    ['10.0.0.0/8,loopback', '10.1.2.3', 0, true],
    ['10.0.0.0/8,loopback', '::1', 5, true],
    ['10.0.0.0/8,loopback', '11.1.2.3', 0, false],
  ])('%s: address %s at hop %d is trusted: %s', (TRUST_PROXY, address, hop, isTrusted) => {
    expect(readSettings({ TRUST_PROXY }).TRUST_PROXY(address, hop)).toBe(isTrusted);
  });

  it.each([
    'true',
    'on',
    '0',
    '11',
    '*',
    '0.0.0.0/0',
    '::/0',
    'proxy.example.org',
    '10.0.0.0/8,',
    '10.0.0.0/8, ::1',
  ])('rejects %j', (TRUST_PROXY) => {
    expect(findInvalidSettings({ TRUST_PROXY })).toEqual([
      'TRUST_PROXY must be off, a number of proxies from 1 to 10, or a comma-separated list of IP addresses and networks',
    ]);
  });
});

describe('CORS_ORIGINS', () => {
  it('accepts origins', () => {
    const { CORS_ORIGINS } = readSettings({ CORS_ORIGINS: 'https://a.example,http://localhost:3000' });
    expect(CORS_ORIGINS).toEqual(['https://a.example', 'http://localhost:3000']);
  });

  it.each([
    '*',
    'null',
    'a.example',
    'https://a.example/',
    'https://A.example',
    'https://a.example, https://b.example',
  ])('rejects %j', (CORS_ORIGINS) => {
    expect(findInvalidSettings({ CORS_ORIGINS })).toEqual([
      'CORS_ORIGINS must be a comma-separated list of origins such as https://example.org',
    ]);
  });
});

describe('config/default.env', () => {
  it('contains every setting', () => {
    const read = Object.keys(readSettings({})).filter((name) => name === name.toUpperCase());
    expect(
      readDocumentedSettings()
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(read.toSorted());
  });

  it('explains every setting', () => {
    expect(readDocumentedSettings().filter(({ meaning }) => meaning === '')).toEqual([]);
  });
});
