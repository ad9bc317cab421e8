import { execFile } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Not a part of what a checkout is. */
const NOT_CHECKED_OUT = new Set(['node_modules', 'dist', 'coverage', '.git']);

/** What `npm pack` has made. */
export interface PackedPackage {
  /** The path of the tarball. */
  readonly tarball: string;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

/** Copies this checkout to a folder. Nothing is built there. */
export function copyCheckout(folder: string): void {
  cpSync('.', folder, { recursive: true, filter: (path) => !NOT_CHECKED_OUT.has(basename(path)) });
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
}

/** Packs a package of a checkout into a folder: the service, or a workspace. */
export async function pack(
  checkout: string,
  folder: string,
  ...options: readonly string[]
): Promise<PackedPackage> {
  const args = ['pack', '--json', '--pack-destination', folder, ...options];
  const { stdout } = await run('npm', args, { cwd: checkout });
  // The scripts that build write to stdout as well.
  const [{ filename, files }] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as [
    { filename: string; files: PackedPackage['files'] },
  ];
  return { tarball: join(folder, filename), files };
}

/** Installs a tarball into a folder, as another project does. */
export async function install(tarball: string, folder: string): Promise<void> {
  const options = ['--omit=dev', '--prefer-offline', '--no-audit', '--no-fund'];
  await run('npm', ['install', ...options, tarball], { cwd: folder });
}
