import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { documentedSettings, settingsTable } from '../../test/support/documented-settings.js';
import { InvalidSettingsError } from './invalid-settings.error.js';
import { readSettings } from './read-settings.js';

const LONG_KEY = 'k'.repeat(16);

function faultsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readSettings(env);
    return [];
  } catch (error) {
    if (error instanceof InvalidSettingsError) return error.faults;
    throw error;
  }
}

describe('readSettings', () => {
  it('takes the defaults of config/default.env', () => {
    expect(readSettings({})).toMatchObject({
      PORT: 5005,
      HOST: '0.0.0.0',
      NODE_ENV: 'development',
      apiKeys: [],
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
      apiKeys: [],
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
      DEMO: 's3cret',
      API_KEYS: 's3cret!',
    };
    const faults = faultsOf(env);
    expect(faults.map((fault) => fault.split(/[ :]/)[0])).toEqual([
      'PORT',
      'HOST',
      'NODE_ENV',
      'LOG_LEVEL',
      'DEMO',
      'API_KEYS',
    ]);
    expect(new InvalidSettingsError(faults).message).not.toContain('s3cret');
  });

  it('serves the stand-in docker in a demo', () => {
    expect(readSettings({ DEMO: 'true', DOCKER_BIN: 'docker' }).DOCKER_BIN).toMatch(/\/demo\/docker\.mjs$/);
  });

  it('refuses a demo in production', () => {
    expect(faultsOf({ NODE_ENV: 'production', API_KEYS: LONG_KEY, DEMO: 'true' })).toEqual([
      'DEMO must be false when NODE_ENV is production',
    ]);
  });

  it("hands docker its own variables, and nobody else's", () => {
    const docker = {
      DOCKER_HOST: 'tcp://h:1',
      DOCKER_CONTEXT: 'c',
      HOME: '/h',
      PATH: '/bin',
      https_proxy: 'p',
      SSH_AUTH_SOCK: 's',
    };
    const others = {
      API_KEYS: LONG_KEY,
      DOCKER_PASSWORD: 'x',
      DOCKER_BIN: 'd',
      LD_PRELOAD: 'x',
      NODE_OPTIONS: '--inspect',
    };
    expect(readSettings({ ...docker, ...others, NODE_OPTIONS: '' }).dockerEnvironment).toEqual(docker);
  });
});

describe('API_KEYS', () => {
  it('takes names and bare keys', () => {
    const { apiKeys } = readSettings({ API_KEYS: `grafana:${LONG_KEY},short,ci:a-._~+/9==` });
    expect(apiKeys.map(({ name, isShort }) => [name, isShort])).toEqual([
      ['grafana', false],
      ['key-2', true],
      ['ci', true],
    ]);
  });

  it('keeps digests and not the keys', () => {
    expect(JSON.stringify(readSettings({ API_KEYS: `ci:${LONG_KEY}` }))).not.toContain(LONG_KEY);
  });

  it.each([
    ['a,,b', 'entry 2 must not be empty'],
    ['a,', 'entry 2 must not be empty'],
    ['ci:', 'entry 1 must not be empty'],
    [':a', 'entry 1 must have a name of 1 to 64 letters, digits, ".", "_" or "-"'],
    ['my name:a', 'entry 1 must have a name of 1 to 64 letters, digits, ".", "_" or "-"'],
    ['a b', 'entry 1 must have a key of letters, digits and "-._~+/", with "=" at its end only'],
    ['ci:a:b', 'entry 1 must have a key of letters, digits and "-._~+/", with "=" at its end only'],
    ['ci:a;b', 'entry 1 must have a key of letters, digits and "-._~+/", with "=" at its end only'],
    ['a, b', 'entry 2 must have a key of letters, digits and "-._~+/", with "=" at its end only'],
    ['ci:a,ci:b', 'entry 2 must not repeat the name of an earlier entry'],
    ['ci:a,cd:a', 'entry 2 must not repeat the key of an earlier entry'],
  ])('refuses %j', (API_KEYS, fault) => expect(faultsOf({ API_KEYS })).toEqual([`API_KEYS: ${fault}`]));

  it('must be set in production', () => {
    expect(faultsOf({ NODE_ENV: 'production' })).toEqual([
      'API_KEYS must be set when NODE_ENV is production',
    ]);
    expect(faultsOf({ NODE_ENV: 'production', API_KEYS: LONG_KEY })).toEqual([]);
  });

  it('must be long in production', () => {
    expect(faultsOf({ NODE_ENV: 'production', API_KEYS: `${LONG_KEY},ci:${LONG_KEY.slice(1)}` })).toEqual([
      'API_KEYS: entry 2 must have a key of 16 characters or more when NODE_ENV is production',
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
