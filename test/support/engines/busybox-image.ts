import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The image's name in the private engines. */
export const IMAGE = 'test-busybox';

/** Packs the machine's static busybox as the file system of an image. Returns the path of the archive, for `docker import`. */
export async function packBusybox(folder: string): Promise<string> {
  const bin = join(folder, 'rootfs', 'bin');
  mkdirSync(bin, { recursive: true });
  copyFileSync(realpathSync('/bin/busybox'), join(bin, 'busybox'));
  for (const applet of ['sh', 'sleep', 'dd', 'true', 'false']) symlinkSync('busybox', join(bin, applet));
  const archive = join(folder, 'rootfs.tar');
  await run('tar', ['cf', archive, '-C', join(folder, 'rootfs'), '.']);
  return archive;
}
