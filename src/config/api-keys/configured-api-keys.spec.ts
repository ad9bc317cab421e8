import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TemporaryFolder } from '../../../test/support/temporary-folder.js';
import { parseApiKeys } from './api-keys.js';
import { type ApiKeySettings, configuredApiKeys } from './configured-api-keys.js';

const KEY = 'k'.repeat(16);

function settings(API_KEYS: string, API_KEYS_FILE?: string, isProduction = false): ApiKeySettings {
  return {
    API_KEYS: parseApiKeys(API_KEYS),
    isProduction,
    ...(API_KEYS_FILE !== undefined && { API_KEYS_FILE }),
  };
}

/** The same with a file of this text. */
function withFile(API_KEYS: string, text: string | Buffer, isProduction = false): ApiKeySettings {
  return settings(API_KEYS, new TemporaryFolder().write('keys', text), isProduction);
}

describe('configuredApiKeys', () => {
  it('has those of API_KEYS and of the file', () => {
    const { keys, faults } = configuredApiKeys(withFile('ci:one', 'grafana:two\nprometheus:three\n'));
    expect(keys.map(({ name }) => name)).toEqual(['ci', 'grafana', 'prometheus']);
    expect(faults).toEqual([]);
  });

  it('tells what is wrong in both', () => {
    expect(configuredApiKeys(withFile('a b', '# keys\nsecret')).faults).toEqual([
      'API_KEYS: entry 1 must have a key of letters, digits and "-._~+/", with "=" at its end only',
      'API_KEYS_FILE: line 2 must be name:KEY or name:sha256:HEX',
    ]);
  });

  it('refuses a name or a key that is in both', () => {
    expect(configuredApiKeys(withFile('ci:one,cd:two', 'ci:three\nx:two')).faults).toEqual([
      'API_KEYS_FILE: key "ci" must not repeat the name of an earlier key, in API_KEYS',
      'API_KEYS_FILE: key "x" must not repeat an earlier key, in API_KEYS',
    ]);
  });

  it.each([
    ['an empty file', '', 'API_KEYS_FILE must hold a key'],
    ['a file of comments', '# none yet\n', 'API_KEYS_FILE must hold a key'],
    [
      'bytes that are no text',
      Buffer.from([0xff, 0xfe]),
      'API_KEYS_FILE (FILE) cannot be read: it is no UTF-8 text',
    ],
    [
      'a large file',
      '#'.repeat(2 ** 20 + 1),
      'API_KEYS_FILE (FILE) cannot be read: it has more than 1048576 bytes',
    ],
  ])('refuses %s, also beside API_KEYS', (_what, text, fault) => {
    const both = withFile('ci:one', text);
    expect(configuredApiKeys(both).faults).toEqual([fault.replace('FILE)', `${both.API_KEYS_FILE})`)]);
  });

  it('refuses what is no file, without reading it', () => {
    const { path } = new TemporaryFolder();
    expect(configuredApiKeys(settings('', path)).faults).toEqual([
      `API_KEYS_FILE (${path}) cannot be read: it is no regular file`,
    ]);
    expect(configuredApiKeys(settings('', join(path, 'none'))).faults).toEqual([
      `API_KEYS_FILE (${path}/none) cannot be read: ENOENT`,
    ]);
    execFileSync('mkfifo', [join(path, 'pipe')]);
    expect(configuredApiKeys(settings('', join(path, 'pipe'))).faults).toEqual([
      `API_KEYS_FILE (${path}/pipe) cannot be read: it is no regular file`,
    ]);
  });

  it.each(['no-such.txt', './no-such', '../no-such'])(
    'names the file %s, which cannot be read, from the root',
    (path) => {
      expect(configuredApiKeys(settings('', path)).faults).toEqual([
        `API_KEYS_FILE (${resolve(path)}) cannot be read: ENOENT`,
      ]);
    },
  );

  it.each([KEY, `ci:${KEY}`, 'Zm9v/YmFy+w==', `ci:sha256:${'0'.repeat(64)}`])(
    'does not repeat %s, a key in the place of its file',
    (text) => {
      expect(configuredApiKeys(settings('', text)).faults).toEqual(['API_KEYS_FILE cannot be read: ENOENT']);
    },
  );

  it('insists on keys in production, and on long ones', () => {
    expect(configuredApiKeys(settings('', undefined, true)).faults).toEqual([
      'API_KEYS or API_KEYS_FILE must be set when NODE_ENV is production',
    ]);
    expect(configuredApiKeys(withFile('', `ci:${KEY}`, true)).faults).toEqual([]);
    expect(configuredApiKeys(withFile(KEY, `# keys\nci:${KEY.slice(1)}`, true)).faults).toEqual([
      'API key "ci" must have 16 characters or more when NODE_ENV is production',
    ]);
  });
});
