import { execFile } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { TemporaryFolder } from '../../support/files/temporary-folder.js';

const run = promisify(execFile);

/** Prints its arguments into a file, each on a line, instead of calling a cluster. */
const FAKE_KUBECTL = '#!/bin/sh\nprintf "%s\\n" "$@" > "$0.arguments"\n';

export interface CreatedKey {
  readonly key: string;
  /** The arguments that `kubectl` got, up to the content of the Secret. */
  readonly command: string;
  /** The content of `keys.txt` in the Secret. */
  readonly keysFile: string;
}

/** Runs the command of `deploy/kubernetes/README.md` that creates a key. */
export async function createKey(): Promise<CreatedKey> {
  const readme = readFileSync('deploy/kubernetes/README.md', 'utf8');
  const [command = 'false'] = /^ *key=\$\(openssl[^`]*echo "\$key"$/m.exec(readme) ?? [];
  const folder = new TemporaryFolder();
  const kubectl = folder.write('kubectl', FAKE_KUBECTL);
  chmodSync(kubectl, 0o755);
  const { stdout } = await run('bash', ['-c', command], {
    env: { PATH: `${folder.path}:${process.env['PATH'] ?? ''}` },
  });
  const [, args = '', keysFile = ''] =
    /^(.*)\n--from-literal=keys\.txt=(.*\n)$/s.exec(readFileSync(`${kubectl}.arguments`, 'utf8')) ?? [];
  return { key: stdout.trim(), command: args.replaceAll('\n', ' '), keysFile };
}
