import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { documentedSettings, settingsTable } from '../../test/support/documented-settings.js';
import { faultsOf } from '../../test/support/settings-faults.js';
import { InvalidSettingsError } from './invalid-settings.error.js';
import { readSettings } from './read-settings.js';

const LONG_KEY = 'k'.repeat(16);

describe('readSettings', () => {
  it('takes the defaults of config/default.env', () => {
    expect(readSettings({})).toMatchObject({
      PORT: 5005,
      HOST: '0.0.0.0',
      NODE_ENV: 'development',
      API_KEYS: { keys: [], faults: [] },
      RATE_LIMIT_PER_MINUTE: 6000,
      AUTH_FAILURES_PER_MINUTE: 20,
      CONNECTIONS_MAX: 5000,
      REQUEST_TIMEOUT_MS: 10_000,
      KEEP_ALIVE_TIMEOUT_MS: 65_000,
      CORS_ORIGINS: [],
      DOCKER_BIN: 'docker',
      DOCKER_TIMEOUT_MS: 15_000,
      DOCKER_KILL_GRACE_MS: 2000,
      DOCKER_MAX_OUTPUT_BYTES: 33_554_432,
      STATS_INTERVAL_MS: 2000,
      STATS_MAX_AGE_MS: 5000,
      STATS_IDLE_AFTER_MS: 60_000,
      STREAMS_MAX: 1000,
      STREAM_HEARTBEAT_MS: 15_000,
      HEALTH_TIMEOUT_MS: 3000,
      HEALTH_CACHE_MS: 2000,
      SHUTDOWN_TIMEOUT_MS: 10_000,
      LOG_LEVEL: 'info',
      DOCS: true,
      DEMO: false,
    });
  });

  it('takes what the environment says over the defaults', () => {
    const env = { PORT: '0', HOST: '::1', NODE_ENV: 'test', DOCKER_BIN: '/opt/docker', LOG_LEVEL: 'debug' };
    expect(readSettings(env)).toMatchObject({ ...env, PORT: 0 });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(readSettings({ PORT: '', API_KEYS: '', HOST: '' })).toMatchObject({
      PORT: 5005,
      HOST: '0.0.0.0',
      API_KEYS: { keys: [], faults: [] },
    });
  });

  it('is frozen', () => {
    const settings = readSettings({});
    expect(() => Object.assign(settings, { PORT: 1 })).toThrow(TypeError);
  });

  it.each(['1e3', ' 80 ', '+80', '-1', '80.0', '0x50', '080', '65536', '99999999999999999999', 'http'])(
    'refuses the port %j',
    (PORT) => expect(faultsOf({ PORT })).toEqual(['PORT must be a whole number from 0 to 65535']),
  );

  it.each(['TRUE', '1', 'yes', 'on'])('refuses the flag %j', (DEMO) => {
    expect(faultsOf({ DEMO })).toEqual(['DEMO must be true or false']);
  });

  it('refuses a delay that Node cannot wait for', () => {
    expect(faultsOf({ DOCKER_TIMEOUT_MS: '2147483648', HEALTH_TIMEOUT_MS: '0' })).toEqual([
      'DOCKER_TIMEOUT_MS must be a whole number from 1 to 2147483647',
      'HEALTH_TIMEOUT_MS must be a whole number from 1 to 2147483647',
    ]);
  });

  it('refuses a max age below the interval', () => {
    expect(faultsOf({ STATS_INTERVAL_MS: '3000', STATS_MAX_AGE_MS: '2999' })).toEqual([
      'STATS_MAX_AGE_MS must be at least STATS_INTERVAL_MS: else no sample lasts until the next one',
    ]);
    expect(faultsOf({ STATS_INTERVAL_MS: '3000', STATS_MAX_AGE_MS: '3000' })).toEqual([]);
  });

  it('tells every fault at once, by name and rule and never by value', () => {
    const env = {
      PORT: 's3cret',
      HOST: 's3cret!',
      NODE_ENV: 's3cret',
      LOG_LEVEL: 's3cret',
      DOCS: 's3cret',
      DEMO: 's3cret',
      API_KEYS: 's3cret!',
    };
    const faults = faultsOf(env);
    expect(faults.map((fault) => fault.split(/[ :]/)[0])).toEqual([
      'PORT',
      'HOST',
      'NODE_ENV',
      'LOG_LEVEL',
      'DOCS',
      'DEMO',
      'API_KEYS',
    ]);
    expect(new InvalidSettingsError(faults).message).not.toContain('s3cret');
  });

  it('refuses a demo in production', () => {
    expect(faultsOf({ NODE_ENV: 'production', API_KEYS: LONG_KEY, DEMO: 'true' })).toEqual([
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
  ])('%s: that %s, hop %d, is trusted is %s', (TRUST_PROXY, address, hop, isTrusted) => {
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
  ])('refuses %j', (TRUST_PROXY) => {
    expect(faultsOf({ TRUST_PROXY })).toEqual([
      'TRUST_PROXY must be off, a number of proxies from 1 to 10, or addresses and networks between commas',
    ]);
  });
});

describe('CORS_ORIGINS', () => {
  it('takes origins', () => {
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
  ])('refuses %j', (CORS_ORIGINS) => {
    expect(faultsOf({ CORS_ORIGINS })).toEqual([
      'CORS_ORIGINS must be origins such as https://example.org, between commas',
    ]);
  });
});

describe('the documentation', () => {
  it('has every setting in config/default.env', () => {
    const read = Object.keys(readSettings({})).filter((name) => name === name.toUpperCase());
    expect(
      documentedSettings()
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(read.toSorted());
  });

  it('has a meaning for every setting', () => {
    expect(documentedSettings().filter(({ meaning }) => meaning === '')).toEqual([]);
  });

  it('has the same table in the README', () => {
    expect(readFileSync('README.md', 'utf8')).toContain(settingsTable());
  });
});
