import { onTestFinished } from 'vitest';
import type { Command } from '../../../src/command/command-runner.js';
import { findProcesses } from './processes.js';

/** A command with limits that are wide enough for every test. */
export function command(file: string, args: string[], limits: Partial<Command> = {}): Command {
  const env = { PATH: '/usr/bin:/bin' };
  return { file, args, env, timeoutMs: 10_000, killGraceMs: 300, maxOutputBytes: 1_000_000, ...limits };
}

/** A command that runs a shell script. */
export function sh(script: string, limits: Partial<Command> = {}): Command {
  return command('/bin/sh', ['-c', script], limits);
}

let sleeps = 0;

/** Returns a long `sleep` command that no other process on the machine runs. The process is killed at the end of the test. */
export function createUniqueSleep(): string {
  const commandLine = `sleep ${30_000 + process.pid / 1e7 + ++sleeps}`;
  onTestFinished(() => findProcesses(commandLine).forEach((pid) => process.kill(pid, 'SIGKILL')));
  return commandLine;
}

/** Whether a process runs whose command line contains this text. */
export function isProcessRunning(text: string): boolean {
  return findProcesses(text).length > 0;
}
