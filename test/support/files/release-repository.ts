import { execFile } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { copyCheckout } from './checkout.js';

const run = promisify(execFile);

/** The entry of the changelog that has not been released. */
export const ENTRY = '- An entry of a test.';

/** A git repository with this checkout, in which the release script can run. */
export class ReleaseRepository {
  readonly folder = mkdtempSync(join(tmpdir(), 'release-spec-'));
  readonly checkout = join(this.folder, 'checkout');
  readonly artifacts = join(this.checkout, 'artifacts');
  readonly #temporary = join(this.folder, 'temporary');
  readonly #dockerCalls = join(this.folder, 'docker-calls');

  /** Creates the repository with one commit. */
  async create(): Promise<void> {
    copyCheckout(this.checkout);
    for (const path of ['bin', 'temporary']) mkdirSync(join(this.folder, path));
    const docker = `#!/bin/sh\necho "$@" >>${this.#dockerCalls}\n`;
    writeFileSync(join(this.folder, 'bin/docker'), docker, { mode: 0o755 });
    writeFileSync(join(this.checkout, 'Dockerfile'), 'FROM scratch\n');
    const changelog = this.read('CHANGELOG.md').replace('## Unreleased\n', `## Unreleased\n\n${ENTRY}\n`);
    writeFileSync(join(this.checkout, 'CHANGELOG.md'), changelog);
    await this.git('init', '--quiet', '--initial-branch', 'main');
    appendFileSync(join(this.checkout, '.git/info/exclude'), 'node_modules\n'); // here it is a link
    await this.git('config', 'user.name', 'Test');
    await this.git('config', 'user.email', 'test@example.org');
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--message', 'feat: everything');
  }

  /** Runs git in the checkout. Returns the trimmed stdout. */
  async git(...args: readonly string[]): Promise<string> {
    return (await run('git', args, { cwd: this.checkout, maxBuffer: 2 ** 26 })).stdout.trim();
  }

  /** Reads a file of the checkout. */
  read(path: string): string {
    return readFileSync(join(this.checkout, path), 'utf8');
  }

  /** Runs the release script with a fake docker CLI, which records its arguments. Returns stdout. */
  async release(...args: readonly string[]): Promise<string> {
    const PATH = `${join(this.folder, 'bin')}${delimiter}${process.env['PATH']}`;
    const env = { ...process.env, PATH, TMPDIR: this.#temporary };
    return (await run('node', ['release/release.mjs', ...args], { cwd: this.checkout, env })).stdout;
  }

  /** The commit, the tags and the changes of the checkout, and what the script has left in other places. */
  async readState(): Promise<readonly unknown[]> {
    const state = [['rev-parse', 'HEAD'], ['tag'], ['status', '--porcelain']].map((args) =>
      this.git(...args),
    );
    return [...(await Promise.all(state)), this.dockerCalls, readdirSync(this.#temporary)];
  }

  /** The arguments of each call of docker, one call on each line. */
  get dockerCalls(): string {
    return readdirSync(this.folder).includes('docker-calls') ? readFileSync(this.#dockerCalls, 'utf8') : '';
  }

  destroy(): void {
    rmSync(this.folder, { recursive: true });
  }
}
