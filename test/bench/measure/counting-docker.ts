import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Wraps a docker CLI, and counts how often the service starts it. For one scenario. */
export class CountingDocker {
  readonly #folder = mkdtempSync(join(tmpdir(), 'counting-docker-'));
  readonly #log = join(this.#folder, 'starts');
  /** The environment with which the service runs the wrapper. */
  readonly env: Readonly<Record<string, string>>;

  /** Wraps the CLI that is `DOCKER_BIN` of this environment. */
  constructor(env: Readonly<Record<string, string>>) {
    onTestFinished(() => rmSync(this.#folder, { recursive: true }));
    const program = join(this.#folder, 'docker');
    const script = `#!/bin/sh\necho "$1" >>'${this.#log}'\nexec '${env['DOCKER_BIN'] ?? 'docker'}' "$@"\n`;
    writeFileSync(program, script, { mode: 0o755 });
    writeFileSync(this.#log, '');
    this.env = { ...env, DOCKER_BIN: program };
  }

  /** How often docker has been started. */
  get starts(): number {
    return this.#starts.length;
  }

  /** How often `docker stats` has been started. */
  get statsRuns(): number {
    return this.#starts.filter((subcommand) => subcommand === 'stats').length;
  }

  get #starts(): string[] {
    return readFileSync(this.#log, 'utf8').split('\n').slice(0, -1);
  }
}
