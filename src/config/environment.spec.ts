import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TemporaryFolder } from '../../test/support/files/temporary-folder.js';
import { addEnvFile } from './environment.js';
import { InvalidSettingsError } from './invalid-settings.error.js';

describe('the .env file', () => {
  it('adds variables, and never overrides a variable of the environment, not even an empty one', () => {
    const folder = new TemporaryFolder();
    const path = folder.write(
      '.env',
      '# mine\nPORT=1\nHOST="::1"\nexport LOG_LEVEL=debug # more\nAPI_KEYS=a:b\n',
    );
    expect(addEnvFile({ PORT: '2', API_KEYS: '', HOST: undefined }, folder.path)).toEqual({
      variables: { PORT: '2', API_KEYS: '', HOST: '::1', LOG_LEVEL: 'debug' },
      file: path,
    });
  });

  it('is optional, and a folder with that name is ignored', () => {
    const { path } = new TemporaryFolder();
    expect(addEnvFile({ PORT: '2' }, path)).toEqual({ variables: { PORT: '2' } });
    mkdirSync(join(path, '.env'));
    expect(addEnvFile({ PORT: '2' }, path)).toEqual({ variables: { PORT: '2' } });
  });

  it.each([
    ['a link to itself', (path: string) => symlinkSync(path, path), 'ELOOP'],
    ['a pipe', (path: string) => execFileSync('mkfifo', [path]), 'not a regular file'],
  ])('is rejected, with its path, if it is %s', (_what, make, reason) => {
    const path = join(new TemporaryFolder().path, '.env');
    make(path);
    expect(() => addEnvFile({}, join(path, '..'))).toThrow(
      new InvalidSettingsError([`${path} cannot be read: ${reason}`]),
    );
  });

  it('is rejected, without its content, if it is not UTF-8', () => {
    const folder = new TemporaryFolder();
    const path = folder.write('.env', Buffer.from('API_KEYS=s3cret\xff', 'latin1'));
    expect(() => addEnvFile({}, folder.path)).toThrow(
      new InvalidSettingsError([`${path} cannot be read: not valid UTF-8`]),
    );
  });
});
