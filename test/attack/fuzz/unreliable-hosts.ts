import { setTimeout as delay } from 'node:timers/promises';
import type { Command, CommandResult } from '../../../src/command/command-runner.js';
import { CommandError } from '../../../src/command/command.error.js';
import { placeholderRow, psRow, row } from '../../support/docker/docker-rows.js';
import { failure } from '../../support/docker/fake-command-runner.js';
import { HostsCommandRunner } from '../../support/hosts/hosts-command-runner.js';
import { random } from '../../support/vitest/random.js';

/** A host that some keys may not see, and its container. */
const HIDDEN = 'vault9';

/** The hosts, as in `DOCKER_HOSTS`. `web2` is a clone of `web1`. */
export const UNRELIABLE_HOSTS = `web1,web2,${HIDDEN}=tcp://${HIDDEN}`;

const SECRET_ID = 'b'.repeat(64);
const WEB = row({ Name: 'web-1' }) + row({ Name: 'secret', ID: SECRET_ID });
const ROWS: Readonly<Record<string, string>> = {
  web1: WEB,
  web2: WEB + placeholderRow('cccccccccccc'),
  vault9: row({ Name: `${HIDDEN}-app`, ID: 'd'.repeat(64) }),
};
const PS = psRow() + psRow({ ID: SECRET_ID, Names: 'secret', 'com.docker.compose.project': 'secret' });

const HANG_MS = 60;

/** Hosts whose docker succeeds, fails, hangs and prints anything at random. */
export class UnreliableHosts extends HostsCommandRunner {
  override async run(command: Command): Promise<CommandResult> {
    const name = command.args[0] === '--context' ? (command.args[1] ?? '') : HIDDEN;
    const isHung = random() < 0.15;
    const host = this.get(command.args[0] === '--context' ? name : `tcp://${HIDDEN}`);
    host.stats = chooseResult(name);
    host.ps = random() < 0.9 ? { stdout: PS } : failure(`${name} has no ps`);
    host.version = random() < 0.7 ? { stdout: '28.2.2\n' } : failure(`Cannot connect to ${name}`);
    if (isHung) await delay(HANG_MS);
    const result = await super.run(command);
    return isHung ? { ...result, stdout: '', timedOut: true } : result;
  }
}

function chooseResult(name: string): Partial<CommandResult> | Error {
  const stdout = ROWS[name] ?? '';
  const results = [
    ...Array.from({ length: 6 }, () => ({ stdout })),
    { stdout: '' },
    { stdout: placeholderRow('cccccccccccc') },
    { stdout: `${name} <html>\n` },
    failure(`Cannot connect to the Docker daemon at tcp://${name}. Is the docker daemon running?`),
    failure(`Error response from daemon: secret of ${name} is broken`),
    new CommandError('command_not_found', `docker of ${name} could not be started`),
  ];
  return results[Math.floor(random() * results.length)] ?? { stdout };
}
