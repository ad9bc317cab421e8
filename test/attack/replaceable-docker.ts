import { copyFileSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished, vi } from 'vitest';
import { processesWith, programOf } from '../support/processes.js';

/** Into a run: the CLI has asked for the readings, and the daemon has not yet given them. */
const MID_SAMPLE_MS = 700;

/** Longer than the pause between two runs. */
const QUIET_MS = 1500;
const REST_MS = 15_000;
const STEP_MS = 50;

/** A real docker CLI, for one test: under a path of its own, by which its processes are known, and replaceable there. */
export class ReplaceableDocker {
  readonly folder = mkdtempSync(join(tmpdir(), 'replaceable-docker-'));
  readonly program = join(this.folder, 'docker');
  /** The environment that makes the service run it. */
  readonly env = { DOCKER_BIN: this.program, DOCKER_CONFIG: this.folder };

  constructor(cli: string) {
    onTestFinished(() => rmSync(this.folder, { recursive: true }));
    this.replaceBy(cli);
  }

  /** Puts another CLI in its place, as a package manager does: there is one at any time. */
  replaceBy(cli: string): void {
    this.#put((path) => symlinkSync(cli, path));
  }

  /** Puts a file in its place that nobody may execute. */
  makeUnexecutable(): void {
    this.#put((path) => writeFileSync(path, '#!/bin/sh\n', { mode: 0o644 }));
  }

  remove(): void {
    rmSync(this.program);
  }

  /** Another file of the same CLI. */
  copyOf(cli: string): string {
    const copy = join(this.folder, 'copy');
    copyFileSync(cli, copy);
    return copy;
  }

  /** The ids of its processes; with these first words, if any. */
  processes(words = ''): number[] {
    return processesWith(`${this.program} ${words}`);
  }

  /** Waits until the service leaves docker alone; in vain, if a process does not end. */
  async rest(): Promise<void> {
    const until = Date.now() + REST_MS;
    for (let restedMs = 0; restedMs < QUIET_MS && Date.now() < until; restedMs += STEP_MS) {
      await delay(STEP_MS);
      if (this.processes().length > 0) restedMs = 0;
    }
  }

  /** Waits for the beginning of a sample, and then for the middle of it. */
  async midSample(): Promise<void> {
    const before = this.processes('stats');
    const hasBegun = (): boolean => this.processes('stats').some((pid) => !before.includes(pid));
    await vi.waitUntil(hasBegun, { timeout: 30_000, interval: 20 });
    await delay(MID_SAMPLE_MS);
    if (this.processes('stats').length === 0) throw new Error('the sample was over too soon');
  }

  #put(write: (path: string) => void): void {
    const next = join(this.folder, 'next');
    write(next);
    renameSync(next, this.program);
  }
}

/** Looks ten times a second at the processes of a docker CLI, for one test. */
export class ProcessWatch {
  /** How many of them took a sample at a time, at most: `docker stats`, or the `docker ps` that follows it. */
  most = 0;
  /** The files that they ran. */
  readonly programs = new Set<string>();
  readonly #timer: NodeJS.Timeout;

  constructor(docker: ReplaceableDocker) {
    onTestFinished(() => this.stop());
    this.#timer = setInterval(() => {
      const pids = docker.processes();
      this.most = Math.max(this.most, docker.processes('stats').length + docker.processes('ps').length);
      for (const program of pids.map(programOf)) if (program !== undefined) this.programs.add(program);
    }, 100);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
