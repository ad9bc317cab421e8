import { CommandError } from '../../src/command/command.error.js';
import { type Command, type CommandResult, CommandRunner } from '../../src/command/command-runner.js';
import type { Clock } from '../../src/sampling/clock.js';
import { placeholderRow, row } from './docker-rows.js';

const VERSION: CommandResult = {
  exitCode: 0,
  signal: null,
  stdout: '28.2.2\n',
  stderr: '',
  durationMs: 0,
  timedOut: false,
};

/** A docker whose runs take fake time; counts them, and how many there are at once. */
export class FakeDocker extends CommandRunner {
  durationMs = 1500;
  /** How long a `docker ps` takes; `undefined` when the rows of `docker stats` leave no need of one. */
  psDurationMs: number | undefined;
  /** What every run throws. */
  bug: Error | undefined;
  /** What the next runs print on stderr before they fail; `undefined` when they do not fail. */
  failure: string | undefined;
  /** The start of each run. */
  readonly starts: number[] = [];
  running = 0;
  mostAtOnce = 0;
  readonly #aborts = new Set<() => void>();

  constructor(private readonly clock: Clock) {
    super();
  }

  /** Each `docker stats` ends after `durationMs`, and its one container is called `run-1`, `run-2`, … */
  override run(command: Command): Promise<CommandResult> {
    if (this.bug !== undefined) return Promise.reject(this.bug);
    if (command.args[0] === 'version') return Promise.resolve(VERSION);
    if (command.args[0] === 'ps') return this.#end(this.psDurationMs ?? 0, '');
    const number = this.starts.push(this.clock.now());
    const unread = this.psDurationMs === undefined ? '' : placeholderRow('aaaaaaaaaaaa');
    return this.#end(Math.min(this.durationMs, command.timeoutMs), row({ Name: `run-${number}` }) + unread);
  }

  #end(durationMs: number, stdout: string): Promise<CommandResult> {
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.running);
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.running--;
        reject(new CommandError('command_aborted', 'docker was aborted'));
      };
      this.#aborts.add(abort);
      this.clock.after(durationMs, () => {
        if (!this.#aborts.delete(abort)) return;
        this.running--;
        const ended = { signal: null, durationMs, timedOut: false };
        if (this.failure === undefined) resolve({ ...ended, exitCode: 0, stdout, stderr: '' });
        else resolve({ ...ended, exitCode: 1, stdout: '', stderr: this.failure });
      });
    });
  }

  /** Ends what runs, as a runner does at the end of the service. */
  abort(): void {
    this.#aborts.forEach((abort) => abort());
    this.#aborts.clear();
  }
}
