import { type ChildProcess, spawn } from 'node:child_process';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { CommandError, type CommandErrorCode } from './command.error.js';
import { type Command, type CommandResult, CommandRunner, type KillReason } from './command-runner.js';

/** How long after SIGKILL, or after its exit, a program's pipes may take to close before we stop waiting. */
const REAP_MS = 250;

const START_FAILURES: Readonly<Record<string, CommandErrorCode>> = {
  ENOENT: 'command_not_found',
  ENOTDIR: 'command_not_found',
  EACCES: 'command_not_executable',
};

/** Runs programs as child processes, each the leader of a process group of its own. */
@Injectable()
export class SpawnCommandRunner extends CommandRunner implements OnApplicationShutdown {
  readonly #running = new Set<ChildRun>();
  readonly #killAll = (): void => this.#running.forEach((run) => run.kill('SIGKILL'));
  #stopped = false;

  override async run(command: Command): Promise<CommandResult> {
    if (this.#stopped || command.signal?.aborted) throw aborted(command);
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

  /** Ends what still runs, and refuses to start anything more. */
  async onApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    const runs = [...this.#running];
    runs.forEach((run) => run.abort());
    await Promise.allSettled(runs.map((run) => run.result));
  }
}

/** One child process, from its start until its process group is gone. */
class ChildRun {
  readonly result: Promise<CommandResult>;
  /** Why it had to be ended; `undefined` where it ends by itself. */
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
    child.on('error', (error) => this.#finish(startFailure(command, error)));
    child.on('close', () => this.#end());
    const deadline = this.#after(command.timeoutMs, () => {
      this.#timedOut = true;
      this.#terminate('deadline');
    });
    child.on('exit', () => {
      clearTimeout(deadline);
      // A grandchild may hold the pipes open after the exit; what the program itself wrote is in them by then.
      this.#after(Math.max(command.killGraceMs, REAP_MS), () => this.#end());
    });
    command.signal?.addEventListener('abort', this.abort, { once: true });
  }

  readonly abort = (): void => {
    this.#error ??= aborted(this.command);
    this.#terminate('abort');
  };

  /** Signals the whole process group; one that has gone already is no error. */
  kill(signal: NodeJS.Signals): void {
    if (this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, signal);
    } catch {
      // ESRCH: nobody is left.
    }
  }

  #collect(chunks: Buffer[], chunk: Buffer): void {
    this.#outputBytes += chunk.length;
    if (this.#outputBytes <= this.command.maxOutputBytes) {
      chunks.push(chunk);
      return;
    }
    if (this.#error !== undefined) return; // it is being ended already
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
    this.#after(REAP_MS, () => this.#end());
  }

  #end(): void {
    this.kill('SIGKILL'); // whoever of the group outlived its leader
    this.#finish(this.#error ?? this.#readResult());
  }

  #finish(outcome: CommandResult | CommandError): void {
    this.#timers.forEach((timer) => clearTimeout(timer));
    this.command.signal?.removeEventListener('abort', this.abort);
    this.child.stdout?.destroy();
    this.child.stderr?.destroy();
    this.#settle(outcome);
  }

  #readResult(): CommandResult {
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

function aborted(command: Command): CommandError {
  return new CommandError('command_aborted', `${command.file} was aborted`);
}

function start(command: Command): ChildProcess {
  try {
    return spawn(command.file, command.args, {
      env: command.env,
      detached: true, // a process group of its own: docker starts `ssh` and plugins, which must end with it
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    throw startFailure(command, error as NodeJS.ErrnoException);
  }
}

function startFailure(command: Command, error: NodeJS.ErrnoException): CommandError {
  const code = START_FAILURES[error.code ?? ''] ?? 'command_start_failed';
  return new CommandError(code, `${command.file} could not be started: ${error.message}`, { cause: error });
}
