/** A program to run, and its limits. */
export interface Command {
  /** The program: a name on the `PATH` of `env`, or a path. */
  readonly file: string;
  /** Passed unchanged; no shell is involved. */
  readonly args: readonly string[];
  /** The complete environment of the program; nothing is added to it. */
  readonly env: Readonly<Record<string, string>>;
  /** Deadline. When it expires, the process group gets SIGTERM. */
  readonly timeoutMs: number;
  /** Time between SIGTERM and SIGKILL. */
  readonly killGraceMs: number;
  /** Maximum size of stdout and stderr together. */
  readonly maxOutputBytes: number;
  /** Aborts the run. */
  readonly signal?: AbortSignal;
}

/** How a program ended, and its output. */
export interface CommandResult {
  /** Exit code, or `null` if a signal ended the program. */
  readonly exitCode: number | null;
  /** The signal that ended the program, or `null`. */
  readonly signal: NodeJS.Signals | null;
  /** Decoded as UTF-8; bytes that are not UTF-8 become U+FFFD. */
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
  /** Whether the deadline expired. The output until then may still be useful. */
  readonly timedOut: boolean;
}

/** Why a program was killed. */
export type KillReason = 'deadline' | 'output_limit' | 'abort';

/** Runs programs. An abstract class, so that it can be used as the injection token. */
export abstract class CommandRunner {
  /** How many programs were killed, by reason. */
  readonly killed: Record<KillReason, number> = { deadline: 0, output_limit: 0, abort: 0 };

  /**
   * Runs a program until it ends. Whatever the program and its children do, after `timeoutMs + killGraceMs` (and the
   * moment that SIGKILL takes) the promise is settled and no process of the group is left.
   *
   * A non-zero exit code and an expired deadline are results, not errors.
   *
   * @throws {CommandError} if the program cannot be started, writes more than `maxOutputBytes`, or is aborted
   */
  abstract run(command: Command): Promise<CommandResult>;
}
