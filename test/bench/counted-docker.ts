import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A docker CLI that writes down each of its starts; for one scenario. */
export class CountedDocker {
  readonly #folder = mkdtempSync(join(tmpdir(), 'counted-docker-'));
  readonly #log = join(this.#folder, 'starts');
  /** The environment that makes the service run it. */
  readonly env: Readonly<Record<string, string>>;

  /** Around the CLI that `DOCKER_BIN` of an environment names. */
  constructor(env: Readonly<Record<string, string>>) {
    onTestFinished(() => rmSync(this.#folder, { recursive: true }));
    const program = join(this.#folder, 'docker');
    const script = `#!/bin/sh\necho "$1" >>'${this.#log}'\nexec '${env['DOCKER_BIN'] ?? 'docker'}' "$@"\n`;
    writeFileSync(program, script, { mode: 0o755 });
    writeFileSync(this.#log, '');
    this.env = { ...env, DOCKER_BIN: program };
  }

  /** How many processes have been started so far. */
  get starts(): number {
    return this.#starts.length;
  }

  /** How many of them are runs of `docker stats`. */
  get statsRuns(): number {
    return this.#starts.filter((subcommand) => subcommand === 'stats').length;
  }

  get #starts(): string[] {
    return readFileSync(this.#log, 'utf8').split('\n').slice(0, -1);
  }
}
