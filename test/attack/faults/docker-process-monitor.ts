import { onTestFinished } from 'vitest';
import { readProgramPath } from '../../support/processes/processes.js';
import type { ReplaceableDocker } from './replaceable-docker.js';

/** Records ten times a second, for one test, which processes of a docker CLI run. */
export class DockerProcessMonitor {
  /** The largest number of `docker stats`, and of the `docker ps` of a sample, that ran at the same time. */
  maxSampling = 0;
  /** The program files that the processes ran. */
  readonly programs = new Set<string>();
  readonly #timer: NodeJS.Timeout;

  constructor(docker: ReplaceableDocker) {
    onTestFinished(() => this.stop());
    this.#timer = setInterval(() => {
      const pids = docker.findProcesses();
      const running = ['stats', 'ps --all'].map((command) => docker.findProcesses(command).length);
      this.maxSampling = Math.max(this.maxSampling, ...running);
      for (const program of pids.map(readProgramPath)) if (program !== undefined) this.programs.add(program);
    }, 100);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
