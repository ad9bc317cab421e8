import { copyFileSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished, vi } from 'vitest';
import { findProcesses } from '../../support/processes/processes.js';

/** After this time, the CLI has requested the values, and the daemon has not yet returned them. */
const MID_SAMPLE_MS = 700;

/** Longer than the pause between two runs of the service. */
const IDLE_MS = 1500;
const IDLE_TIMEOUT_MS = 15_000;
const POLL_MS = 50;

/** A real docker CLI at a path of its own, for one test. The test can replace it there, and finds its processes by the path. */
export class ReplaceableDocker {
  readonly folder = mkdtempSync(join(tmpdir(), 'replaceable-docker-'));
  readonly program = join(this.folder, 'docker');
  /** The environment with which the service runs this CLI. */
  readonly env = { DOCKER_BIN: this.program, DOCKER_CONFIG: this.folder };

  constructor(cli: string) {
    onTestFinished(() => rmSync(this.folder, { recursive: true }));
    this.replaceWith(cli);
  }

  /** Replaces the CLI in one step, as a package manager does: the path always exists. */
  replaceWith(cli: string): void {
    this.#replace((path) => symlinkSync(cli, path));
  }

  /** Replaces the CLI with a file that is not executable. */
  makeNonExecutable(): void {
    this.#replace((path) => writeFileSync(path, '#!/bin/sh\n', { mode: 0o644 }));
  }

  remove(): void {
    rmSync(this.program);
  }

  /** Copies a CLI into the folder, and returns the path of the copy. */
  copy(cli: string): string {
    const path = join(this.folder, 'copy');
    copyFileSync(cli, path);
    return path;
  }

  /** Returns the ids of the running processes of this CLI, all of them or those of one subcommand. */
  findProcesses(subcommand = ''): number[] {
    return findProcesses(`${this.program} ${subcommand}`);
  }

  /** Waits until the service has not run docker for a while. Does not throw if a process never ends. */
  async waitUntilIdle(): Promise<void> {
    const giveUpAt = Date.now() + IDLE_TIMEOUT_MS;
    let idleSince = Date.now();
    while (Date.now() - idleSince < IDLE_MS && Date.now() < giveUpAt) {
      await delay(POLL_MS);
      if (this.findProcesses().length > 0) idleSince = Date.now();
    }
  }

  /** Waits for the next sample to start, and then for the middle of it. */
  async waitForMidSample(): Promise<void> {
    const before = this.findProcesses('stats');
    const hasStarted = (): boolean => this.findProcesses('stats').some((pid) => !before.includes(pid));
    await vi.waitUntil(hasStarted, { timeout: 30_000, interval: 20 });
    await delay(MID_SAMPLE_MS);
    if (this.findProcesses('stats').length === 0) throw new Error('The sample ended too early');
  }

  #replace(write: (path: string) => void): void {
    const next = join(this.folder, 'next');
    write(next);
    renameSync(next, this.program);
  }
}
