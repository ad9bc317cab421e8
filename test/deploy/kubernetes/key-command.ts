import { execFile } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { TemporaryFolder } from '../../support/files/temporary-folder.js';

const run = promisify(execFile);

/** Writes its arguments into a file, each with a zero byte at its end, instead of calling a cluster. */
const FAKE_KUBECTL = '#!/bin/sh\nprintf "%s\\0" "$@" > "$0.arguments"\n';

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
  const args = readFileSync(`${kubectl}.arguments`, 'utf8').split('\0').slice(0, -1);
  const keysFile = args.pop()?.replace('--from-literal=keys.txt=', '') ?? '';
  return { key: stdout.trim(), command: args.join(' '), keysFile };
}
