import { execFile } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Folders that a fresh checkout does not have. */
const EXCLUDED = new Set(['node_modules', 'dist', 'coverage', '.git']);

/** The output of `npm pack`. */
export interface PackedPackage {
  /** The path of the tarball. */
  readonly tarball: string;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

/** Copies this checkout to a folder, without build output; `node_modules` is a link. */
export function copyCheckout(folder: string): void {
  cpSync('.', folder, { recursive: true, filter: (path) => !EXCLUDED.has(basename(path)) });
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
}

/** Runs `npm pack` in a checkout and writes the tarball to a folder. Options can select a workspace. */
export async function pack(
  checkout: string,
  folder: string,
  ...options: readonly string[]
): Promise<PackedPackage> {
  const args = ['pack', '--json', '--pack-destination', folder, ...options];
  const { stdout } = await run('npm', args, { cwd: checkout });
  // Build scripts write to stdout before the JSON.
  const [{ filename, files }] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as [
    { filename: string; files: PackedPackage['files'] },
  ];
  return { tarball: join(folder, filename), files };
}

/** Installs a tarball into the project in a folder, without its dev dependencies. */
export async function install(tarball: string, folder: string): Promise<void> {
  const options = ['--omit=dev', '--prefer-offline', '--no-audit', '--no-fund'];
  await run('npm', ['install', ...options, tarball], { cwd: folder });
}
