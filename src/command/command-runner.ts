/** A program to run, and the bounds within which it must end. */
export interface Command {
  /** The program: a name on the `PATH` of `env`, or a path. */
  readonly file: string;
  /** Handed over as they are; no shell reads them. */
  readonly args: readonly string[];
  /** The whole environment of the program; nothing of ours is added. */
  readonly env: Readonly<Record<string, string>>;
  /** Deadline: the program's process group gets SIGTERM after this long. */
  readonly timeoutMs: number;
  /** How long after SIGTERM the process group gets SIGKILL. */
  readonly killGraceMs: number;
  /** Limit of stdout and stderr together. */
  readonly maxOutputBytes: number;
  /** Ends the run early. */
  readonly signal?: AbortSignal;
}

/** How a program ended, and what it wrote until then. */
export interface CommandResult {
  /** Exit code, or `null` when a signal ended it. */
  readonly exitCode: number | null;
  /** The signal that ended it, or `null`. */
  readonly signal: NodeJS.Signals | null;
  /** Decoded as UTF-8; bytes that are not UTF-8 become U+FFFD. */
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
  /** Whether the deadline ended it; what it wrote until then may still be of use. */
  readonly timedOut: boolean;
}

/** Why a program had to be ended. */
export type KillReason = 'deadline' | 'output_limit' | 'abort';

/** Runs programs. An abstract class, so that it is its own injection token. */
export abstract class CommandRunner {
  /** How many programs had to be ended, by why. */
  readonly killed: Record<KillReason, number> = { deadline: 0, output_limit: 0, abort: 0 };

  /**
   * Runs a program to its end. Whatever the program and its children do, the promise settles by
   * `timeoutMs + killGraceMs` (and the moment that the kernel needs for a SIGKILL), and the process group is gone.
   *
   * A non-zero exit code and a missed deadline are results, not errors.
   *
   * @throws {CommandError} when there is no result: the program cannot be started, writes more than
   * `maxOutputBytes`, or is aborted
   */
  abstract run(command: Command): Promise<CommandResult>;
}
