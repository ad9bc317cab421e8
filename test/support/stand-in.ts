import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const PROGRAM = new URL('../../demo/docker.mjs', import.meta.url).pathname;

/** The stand-in docker of the demo, for one test: under a path of its own, by which its processes are known. */
export class StandIn {
  readonly folder = mkdtempSync(join(tmpdir(), 'stand-in-'));
  readonly program = join(this.folder, 'docker');
  /** The environment that makes the service run it. */
  readonly env = { DOCKER_BIN: this.program, DOCKER_CONFIG: this.folder };

  constructor(behaviour: object = {}) {
    onTestFinished(() => rmSync(this.folder, { recursive: true }));
    symlinkSync(PROGRAM, this.program);
    this.behave(behaviour);
  }

  /** How it behaves from its next start on; see `Behaviour` in `demo/docker.mjs`. */
  behave(behaviour: object): void {
    writeFileSync(join(this.folder, 'stand-in.json'), JSON.stringify(behaviour));
  }
}
