import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TemporaryFolder } from '../../../test/support/temporary-folder.js';
import { addEnvFile } from './env-file.js';
import { InvalidSettingsError } from '../invalid-settings.error.js';

describe('addEnvFile', () => {
  it('adds what the environment does not have, also where that is empty', () => {
    const folder = new TemporaryFolder();
    const path = folder.write(
      '.env',
      '# mine\nPORT=1\nHOST="::1"\nexport LOG_LEVEL=debug # more\nAPI_KEYS=a:b\n',
    );
    const env = { PORT: '2', API_KEYS: '' };
    expect(addEnvFile(env, folder.path)).toBe(path);
    expect(env).toEqual({ PORT: '2', API_KEYS: '', HOST: '::1', LOG_LEVEL: 'debug' });
  });

  it('adds nothing where there is none, or a folder of that name', () => {
    const { path } = new TemporaryFolder();
    const env = {};
    expect(addEnvFile(env, path)).toBeUndefined();
    mkdirSync(join(path, '.env'));
    expect(addEnvFile(env, path)).toBeUndefined();
    expect(env).toEqual({});
  });

  it.each([
    ['a link to itself', (path: string) => symlinkSync(path, path), 'ELOOP'],
    ['a pipe', (path: string) => execFileSync('mkfifo', [path]), 'it is no regular file'],
  ])('refuses %s, by its path', (_what, make, reason) => {
    const path = join(new TemporaryFolder().path, '.env');
    make(path);
    expect(() => addEnvFile({}, join(path, '..'))).toThrow(
      new InvalidSettingsError([`${path} cannot be read: ${reason}`]),
    );
  });

  it('refuses what is no text, and repeats nothing of it', () => {
    const folder = new TemporaryFolder();
    const path = folder.write('.env', Buffer.from('API_KEYS=s3cret\xff', 'latin1'));
    expect(() => addEnvFile({}, folder.path)).toThrow(
      new InvalidSettingsError([`${path} cannot be read: it is no UTF-8 text`]),
    );
  });
});
