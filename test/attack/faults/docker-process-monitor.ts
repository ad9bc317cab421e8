import { onTestFinished } from 'vitest';
import { readProgramPath } from '../../support/processes/processes.js';
import type { ReplaceableDocker } from './replaceable-docker.js';

/** Records ten times a second, for one test, which processes of a docker CLI run. */
export class DockerProcessMonitor {
  /** The largest number of processes that took a sample at the same time: `docker stats`, or the `docker ps` after it. */
  maxSampling = 0;
  /** The program files that the processes ran. */
  readonly programs = new Set<string>();
  readonly #timer: NodeJS.Timeout;

  constructor(docker: ReplaceableDocker) {
    onTestFinished(() => this.stop());
    this.#timer = setInterval(() => {
      const pids = docker.findProcesses();
      const sampling = docker.findProcesses('stats').length + docker.findProcesses('ps').length;
      this.maxSampling = Math.max(this.maxSampling, sampling);
      for (const program of pids.map(readProgramPath)) if (program !== undefined) this.programs.add(program);
    }, 100);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
