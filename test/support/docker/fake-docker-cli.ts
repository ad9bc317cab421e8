import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';

const PROGRAM = resolve('demo/docker.mjs');

/** The fake docker CLI of the demo, for one test. Its path is unique, so that tests can find its processes. */
export class FakeDockerCli {
  readonly folder = mkdtempSync(join(tmpdir(), 'fake-docker-cli-'));
  readonly program = join(this.folder, 'docker');
  /** The settings that make the service run it. */
  readonly env = { DOCKER_BIN: this.program, DOCKER_CONFIG: this.folder };

  constructor(behaviour: object = {}) {
    onTestFinished(() => rmSync(this.folder, { recursive: true }));
    symlinkSync(PROGRAM, this.program);
    this.setBehaviour(behaviour);
  }

  /** Sets its behaviour from the next run on; see `Behaviour` in `demo/docker.mjs`. */
  setBehaviour(behaviour: object): void {
    writeFileSync(join(this.folder, 'fake-docker.json'), JSON.stringify(behaviour));
  }
}
