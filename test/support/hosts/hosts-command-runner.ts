import { type Command, type CommandResult, CommandRunner } from '../../../src/command/command-runner.js';
import { FakeCommandRunner } from '../docker/fake-command-runner.js';

/** Passes each command to the fake of its Docker host, which is the context or the `DOCKER_HOST` of the command. */
export class HostsCommandRunner extends CommandRunner {
  readonly #hosts = new Map<string, FakeCommandRunner>();

  /** Returns the fake of a host. */
  get(host: string): FakeCommandRunner {
    const runner = this.#hosts.get(host) ?? new FakeCommandRunner();
    this.#hosts.set(host, runner);
    return runner;
  }

  /** Sets the fake of a host. */
  set(host: string, runner: FakeCommandRunner): void {
    this.#hosts.set(host, runner);
  }

  override run(command: Command): Promise<CommandResult> {
    const [option, context = '', ...args] = command.args;
    if (option === '--context') return this.get(context).run({ ...command, args });
    return this.get(command.env['DOCKER_HOST'] ?? '').run(command);
  }
}
