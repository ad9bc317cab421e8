import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TemporaryFolder } from '../../test/support/temporary-folder.js';
import { withEnvFile } from './environment.js';
import { InvalidSettingsError } from './invalid-settings.error.js';

describe('withEnvFile', () => {
  it('adds what the environment does not have, also where that is empty', () => {
    const folder = new TemporaryFolder();
    const path = folder.write(
      '.env',
      '# mine\nPORT=1\nHOST="::1"\nexport LOG_LEVEL=debug # more\nAPI_KEYS=a:b\n',
    );
    expect(withEnvFile({ PORT: '2', API_KEYS: '', HOST: undefined }, folder.path)).toEqual({
      variables: { PORT: '2', API_KEYS: '', HOST: '::1', LOG_LEVEL: 'debug' },
      file: path,
    });
  });

  it('adds nothing where there is none, or a folder of that name', () => {
    const { path } = new TemporaryFolder();
    expect(withEnvFile({ PORT: '2' }, path)).toEqual({ variables: { PORT: '2' } });
    mkdirSync(join(path, '.env'));
    expect(withEnvFile({ PORT: '2' }, path)).toEqual({ variables: { PORT: '2' } });
  });

  it.each([
    ['a link to itself', (path: string) => symlinkSync(path, path), 'ELOOP'],
    ['a pipe', (path: string) => execFileSync('mkfifo', [path]), 'it is no regular file'],
  ])('refuses %s, by its path', (_what, make, reason) => {
    const path = join(new TemporaryFolder().path, '.env');
    make(path);
    expect(() => withEnvFile({}, join(path, '..'))).toThrow(
      new InvalidSettingsError([`${path} cannot be read: ${reason}`]),
    );
  });

  it('refuses what is no text, and repeats nothing of it', () => {
    const folder = new TemporaryFolder();
    const path = folder.write('.env', Buffer.from('API_KEYS=s3cret\xff', 'latin1'));
    expect(() => withEnvFile({}, folder.path)).toThrow(
      new InvalidSettingsError([`${path} cannot be read: it is no UTF-8 text`]),
    );
  });
});
