import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TemporaryFolder } from '../../../test/support/files/temporary-folder.js';
import { parseApiKeys } from './api-keys.js';
import { type ApiKeySettings, readApiKeys } from './read-api-keys.js';

const KEY = 'k'.repeat(16);

function settings(API_KEYS: string, API_KEYS_FILE?: string, isProduction = false): ApiKeySettings {
  return {
    API_KEYS: parseApiKeys(API_KEYS),
    isProduction,
    ...(API_KEYS_FILE !== undefined && { API_KEYS_FILE }),
  };
}

/** Settings with an API_KEYS_FILE that has this content. */
function withFile(API_KEYS: string, text: string | Buffer, isProduction = false): ApiKeySettings {
  return settings(API_KEYS, new TemporaryFolder().write('keys', text), isProduction);
}

describe('API_KEYS and API_KEYS_FILE', () => {
  it('are combined', () => {
    const { keys, problems } = readApiKeys(withFile('ci:one', 'grafana:two\nprometheus:three\n'));
    expect(keys.map(({ name }) => name)).toEqual(['ci', 'grafana', 'prometheus']);
    expect(problems).toEqual([]);
  });

  it('are both checked', () => {
    expect(readApiKeys(withFile('a b', '# keys\nsecret')).problems).toEqual([
      'API_KEYS: entry 1 must have a key of letters, digits and "-._~+/", with "=" only at the end',
      'API_KEYS_FILE: line 2 must be name:KEY or name:sha256:HEX',
    ]);
  });

  it('must not contain the same name or the same key', () => {
    expect(readApiKeys(withFile('ci:one,cd:two', 'ci:three\nx:two')).problems).toEqual([
      'API_KEYS_FILE: key "ci" must not repeat the name of an earlier key (in API_KEYS)',
      'API_KEYS_FILE: key "x" must not repeat an earlier key (in API_KEYS)',
    ]);
  });

  it.each([
    ['an empty file', '', 'API_KEYS_FILE must contain at least one API key'],
    ['a file of comments', '# none yet\n', 'API_KEYS_FILE must contain at least one API key'],
    ['a binary file', Buffer.from([0xff, 0xfe]), 'API_KEYS_FILE (FILE) cannot be read: not valid UTF-8'],
    [
      'a large file',
      '#'.repeat(2 ** 20 + 1),
      'API_KEYS_FILE (FILE) cannot be read: larger than 1048576 bytes',
    ],
  ])('are rejected for %s, even if API_KEYS has a key', (_what, text, problem) => {
    const both = withFile('ci:one', text);
    expect(readApiKeys(both).problems).toEqual([problem.replace('FILE)', `${both.API_KEYS_FILE})`)]);
  });
});

describe('API_KEYS_FILE', () => {
  it('must be a regular file: a folder, a missing file and a pipe are rejected', () => {
    const { path } = new TemporaryFolder();
    expect(readApiKeys(settings('', path)).problems).toEqual([
      `API_KEYS_FILE (${path}) cannot be read: not a regular file`,
    ]);
    expect(readApiKeys(settings('', join(path, 'none'))).problems).toEqual([
      `API_KEYS_FILE (${path}/none) cannot be read: ENOENT`,
    ]);
    execFileSync('mkfifo', [join(path, 'pipe')]);
    expect(readApiKeys(settings('', join(path, 'pipe'))).problems).toEqual([
      `API_KEYS_FILE (${path}/pipe) cannot be read: not a regular file`,
    ]);
  });

  it.each(['no-such.txt', './no-such', '../no-such'])(
    'is reported with its absolute path when %s cannot be read',
    (path) => {
      expect(readApiKeys(settings('', path)).problems).toEqual([
        `API_KEYS_FILE (${resolve(path)}) cannot be read: ENOENT`,
      ]);
    },
  );

  it.each([KEY, `ci:${KEY}`, 'Zm9v/YmFy+w==', `ci:sha256:${'0'.repeat(64)}`])(
    'is reported without its value when %s, a key, was set instead of a path',
    (text) => {
      expect(readApiKeys(settings('', text)).problems).toEqual(['API_KEYS_FILE cannot be read: ENOENT']);
    },
  );
});

it('NODE_ENV=production requires an API key and rejects short ones', () => {
  expect(readApiKeys(settings('', undefined, true)).problems).toEqual([
    'API_KEYS or API_KEYS_FILE must be set when NODE_ENV is production',
  ]);
  expect(readApiKeys(withFile('', `ci:${KEY}`, true)).problems).toEqual([]);
  expect(readApiKeys(withFile(KEY, `# keys\nci:${KEY.slice(1)}`, true)).problems).toEqual([
    'API key "ci" must have at least 16 characters when NODE_ENV is production',
  ]);
});
