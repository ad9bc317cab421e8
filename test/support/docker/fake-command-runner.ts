import { type Command, type CommandResult, CommandRunner } from '../../../src/command/command-runner.js';

type FakeResult = Partial<CommandResult> | Error | Promise<Partial<CommandResult>>;

/** The results of the first runs; the last one is that of all further runs. */
type FakeResults = FakeResult | [FakeResult, ...FakeResult[]];

/** Returns the results that a test sets, and stores the commands. */
export class FakeCommandRunner extends CommandRunner {
  readonly commands: Command[] = [];
  /** The results of `docker stats`, `docker ps` and `docker version`. */
  stats: FakeResult = {};
  ps: FakeResults = { exitCode: 1, stderr: 'this docker has no ps\n' };
  version: FakeResult = { stdout: '28.2.2,Engine,containerd,runc,docker-init\n' };

  /** How often `docker stats` was run. */
  get statsRuns(): number {
    return this.commands.filter(({ args }) => args[0] === 'stats').length;
  }

  override async run(command: Command): Promise<CommandResult> {
    this.commands.push(command);
    const subcommand = command.args[0] as 'stats' | 'ps' | 'version';
    const results = [this[subcommand]].flat();
    const runs = this.commands.filter(({ args }) => args[0] === subcommand).length;
    const result = results[Math.min(runs, results.length) - 1] as FakeResult;
    if (result instanceof Error) throw result;
    return {
      exitCode: 0,
      signal: null,
      stdout: '',
      stderr: '',
      durationMs: 2000,
      timedOut: false,
      ...(await result),
    };
  }
}

/** The result of a failed docker command: exit code 1 and a line on stderr. */
export function failure(stderr: string, exitCode = 1): Partial<CommandResult> {
  return { exitCode, stderr: `${stderr}\n` };
}
