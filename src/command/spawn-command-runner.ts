import { type ChildProcess, spawn } from 'node:child_process';
import { setImmediate } from 'node:timers/promises';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import pLimit from 'p-limit';
import { CommandError, type CommandErrorCode } from './command.error.js';
import { type Command, type CommandResult, CommandRunner, type KillReason } from './command-runner.js';

/** How long to wait for a program's pipes to close after SIGKILL. After an exit, this is the minimum. */
const PIPE_CLOSE_MS = 250;

const START_ERROR_CODES: Readonly<Record<string, CommandErrorCode>> = {
  ENOENT: 'command_not_found',
  ENOTDIR: 'command_not_found',
  EACCES: 'command_not_executable',
};

/**
 * Runs programs as child processes, each in its own process group. Starts one in each turn of the event loop: a start blocks it for
 * milliseconds.
 */
@Injectable()
export class SpawnCommandRunner extends CommandRunner implements OnApplicationShutdown {
  readonly #turns = pLimit(1);
  readonly #running = new Set<ChildRun>();
  readonly #killAll = (): void => this.#running.forEach((run) => run.kill('SIGKILL'));
  #stopped = false;

  override async run(command: Command): Promise<CommandResult> {
    await this.#turns(() => setImmediate());
    if (this.#stopped || command.signal?.aborted) throw createAbortError(command);
    const run = new ChildRun(command, start(command));
    if (this.#running.size === 0) process.once('exit', this.#killAll);
    this.#running.add(run);
    try {
      return await run.result;
    } finally {
      this.#running.delete(run);
      if (run.killedFor !== undefined) this.killed[run.killedFor]++;
      if (this.#running.size === 0) process.off('exit', this.#killAll);
    }
  }

  /** Aborts running programs, waits for them to end, and refuses new ones. */
  async onApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    const runs = [...this.#running];
    runs.forEach((run) => run.abort());
    await Promise.allSettled(runs.map((run) => run.result));
  }
}

/** One run of a child process, until its process group is gone. */
class ChildRun {
  readonly result: Promise<CommandResult>;
  /** `undefined` unless the process was killed. */
  killedFor: KillReason | undefined;
  readonly #startedAt = performance.now();
  readonly #stdout: Buffer[] = [];
  readonly #stderr: Buffer[] = [];
  readonly #timers: NodeJS.Timeout[] = [];
  #outputBytes = 0;
  #timedOut = false;
  #error: CommandError | undefined;
  #settle!: (outcome: CommandResult | CommandError) => void;

  constructor(
    readonly command: Command,
    readonly child: ChildProcess,
  ) {
    this.result = new Promise((resolve, reject) => {
      this.#settle = (outcome) => (outcome instanceof CommandError ? reject(outcome) : resolve(outcome));
    });
    child.stdout?.on('data', (chunk: Buffer) => this.#collect(this.#stdout, chunk));
    child.stderr?.on('data', (chunk: Buffer) => this.#collect(this.#stderr, chunk));
    child.on('error', (error) => this.#finish(toStartError(command, error)));
    child.on('close', () => this.#end());
    const deadline = this.#after(command.timeoutMs, () => {
      this.#timedOut = true;
      this.#terminate('deadline');
    });
    child.on('exit', () => {
      clearTimeout(deadline);
      // A grandchild can keep the pipes open, so do not wait longer. The program's own output is complete when it exits.
      this.#after(Math.max(command.killGraceMs, PIPE_CLOSE_MS), () => this.#end());
    });
    command.signal?.addEventListener('abort', this.abort, { once: true });
  }

  readonly abort = (): void => {
    this.#error ??= createAbortError(this.command);
    this.#terminate('abort');
  };

  /** Sends a signal to the process group, if it still exists. */
  kill(signal: NodeJS.Signals): void {
    if (this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, signal);
    } catch {
      // ESRCH: all processes of the group have ended.
    }
  }

  #collect(chunks: Buffer[], chunk: Buffer): void {
    this.#outputBytes += chunk.length;
    if (this.#outputBytes <= this.command.maxOutputBytes) {
      chunks.push(chunk);
      return;
    }
    if (this.#error !== undefined) return; // already being killed
    this.#error = new CommandError(
      'command_output_limit',
      `${this.command.file} wrote more than ${this.command.maxOutputBytes} bytes`,
    );
    this.killedFor ??= 'output_limit';
    this.#destroyGroup();
  }

  #terminate(reason: KillReason): void {
    this.killedFor ??= reason;
    this.kill('SIGTERM');
    this.#after(this.command.killGraceMs, () => this.#destroyGroup());
  }

  #destroyGroup(): void {
    this.kill('SIGKILL');
    this.#after(PIPE_CLOSE_MS, () => this.#end());
  }

  #end(): void {
    this.kill('SIGKILL'); // children that outlived the program
    this.#finish(this.#error ?? this.#toResult());
  }

  #finish(outcome: CommandResult | CommandError): void {
    this.#timers.forEach((timer) => clearTimeout(timer));
    this.command.signal?.removeEventListener('abort', this.abort);
    this.child.stdout?.destroy();
    this.child.stderr?.destroy();
    this.#settle(outcome);
  }

  #toResult(): CommandResult {
    return {
      exitCode: this.child.exitCode,
      signal: this.child.signalCode,
      stdout: Buffer.concat(this.#stdout).toString('utf8'),
      stderr: Buffer.concat(this.#stderr).toString('utf8'),
      durationMs: performance.now() - this.#startedAt,
      timedOut: this.#timedOut,
    };
  }

  #after(delayMs: number, action: () => void): NodeJS.Timeout {
    const timer = setTimeout(action, delayMs);
    this.#timers.push(timer);
    return timer;
  }
}

function createAbortError(command: Command): CommandError {
  return new CommandError('command_aborted', `${command.file} was aborted`);
}

function start(command: Command): ChildProcess {
  try {
    return spawn(command.file, command.args, {
      env: command.env,
      detached: true, // a new process group: docker starts `ssh` and plugins, which must be killed with it
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    throw toStartError(command, error as NodeJS.ErrnoException);
  }
}

function toStartError(command: Command, error: NodeJS.ErrnoException): CommandError {
  const code = START_ERROR_CODES[error.code ?? ''] ?? 'command_start_failed';
  return new CommandError(code, `${command.file} could not be started: ${error.message}`, { cause: error });
}
