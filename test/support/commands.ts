import { onTestFinished } from 'vitest';
import type { Command } from '../../src/command/command-runner.js';
import { processesWith } from './processes.js';

/** A program to run, within bounds that no test should meet by chance. */
export function command(file: string, args: string[], bounds: Partial<Command> = {}): Command {
  const env = { PATH: '/usr/bin:/bin' };
  return { file, args, env, timeoutMs: 10_000, killGraceMs: 300, maxOutputBytes: 1_000_000, ...bounds };
}

/** A shell script to run. */
export function sh(script: string, bounds: Partial<Command> = {}): Command {
  return command('/bin/sh', ['-c', script], bounds);
}

let sleeps = 0;

/** The words of a long `sleep` that nothing else on the machine runs; ended with the test, if the test leaves it. */
export function uniqueSleep(): string {
  const words = `sleep ${30_000 + process.pid / 1e7 + ++sleeps}`;
  onTestFinished(() => processesWith(words).forEach((pid) => process.kill(pid, 'SIGKILL')));
  return words;
}

/** Whether anybody whose command line holds these words runs. */
export function isRunning(words: string): boolean {
  return processesWith(words).length > 0;
}
