import { type Command, type CommandResult, CommandRunner } from '../../src/command/command-runner.js';

type Answer = Partial<CommandResult> | Error | Promise<Partial<CommandResult>>;

/** Answers commands with what a test says, and remembers them. */
export class FakeCommandRunner extends CommandRunner {
  readonly commands: Command[] = [];
  /** What `docker stats`, `docker ps` and `docker version` answer. */
  stats: Answer = {};
  ps: Answer = { exitCode: 1, stderr: 'this docker has no ps\n' };
  version: Answer = { stdout: '28.2.2,Engine,containerd,runc,docker-init\n' };

  /** How often `docker stats` has been run. */
  get statsRuns(): number {
    return this.commands.filter(({ args }) => args[0] === 'stats').length;
  }

  override async run(command: Command): Promise<CommandResult> {
    this.commands.push(command);
    const subcommand = command.args[0] as 'stats' | 'ps' | 'version';
    const answer = this[subcommand];
    if (answer instanceof Error) throw answer;
    return {
      exitCode: 0,
      signal: null,
      stdout: '',
      stderr: '',
      durationMs: 2000,
      timedOut: false,
      ...(await answer),
    };
  }
}

/** A run that failed as docker's runs do: exit code 1 and a line on stderr. */
export function failure(stderr: string, exitCode = 1): Partial<CommandResult> {
  return { exitCode, stderr: `${stderr}\n` };
}
