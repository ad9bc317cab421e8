import { CommandError } from '../../../src/command/command.error.js';
import { type Command, type CommandResult, CommandRunner } from '../../../src/command/command-runner.js';
import type { Clock } from '../../../src/sampling/clock.js';
import { placeholderRow, row } from '../docker/docker-rows.js';

const VERSION: CommandResult = {
  exitCode: 0,
  signal: null,
  stdout: '28.2.2\n',
  stderr: '',
  durationMs: 0,
  timedOut: false,
};

/** Simulates docker commands that take time on a fake clock, and counts them. */
export class FakeDocker extends CommandRunner {
  durationMs = 1500;
  /** How long `docker ps` takes. If set, `docker stats` also prints a row without values, so that the service runs `docker ps`. */
  psDurationMs: number | undefined;
  /** If set, every run throws it. */
  thrownError: Error | undefined;
  /** If set, the next runs fail and print it on stderr. */
  failure: string | undefined;
  /** The start time of each `docker stats`. */
  readonly startTimes: number[] = [];
  /** How many `docker stats` run. */
  running = 0;
  /** The maximum of `running`. */
  maxRunning = 0;
  readonly #aborts = new Set<() => void>();

  constructor(private readonly clock: Clock) {
    super();
  }

  /** `docker stats` ends after `durationMs`. Its one container is named after the run: `run-1`, `run-2`, … */
  override run(command: Command): Promise<CommandResult> {
    if (this.thrownError !== undefined) return Promise.reject(this.thrownError);
    if (command.args[0] === 'version') return Promise.resolve(VERSION);
    if (command.args[0] === 'ps') return this.#finish(this.psDurationMs ?? 0, '', 0);
    const number = this.startTimes.push(this.clock.now());
    const skippedRow = this.psDurationMs === undefined ? '' : placeholderRow('aaaaaaaaaaaa');
    return this.#finish(
      Math.min(this.durationMs, command.timeoutMs),
      row({ Name: `run-${number}` }) + skippedRow,
    );
  }

  #finish(durationMs: number, stdout: string, counted = 1): Promise<CommandResult> {
    this.running += counted;
    this.maxRunning = Math.max(this.maxRunning, this.running);
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.running -= counted;
        reject(new CommandError('command_aborted', 'docker was aborted'));
      };
      this.#aborts.add(abort);
      this.clock.after(durationMs, () => {
        if (!this.#aborts.delete(abort)) return;
        this.running -= counted;
        const ended = { signal: null, durationMs, timedOut: false };
        if (this.failure === undefined) resolve({ ...ended, exitCode: 0, stdout, stderr: '' });
        else resolve({ ...ended, exitCode: 1, stdout: '', stderr: this.failure });
      });
    });
  }

  /** Aborts the running commands, as CommandRunner does at shutdown. */
  abort(): void {
    this.#aborts.forEach((abort) => abort());
    this.#aborts.clear();
  }
}
