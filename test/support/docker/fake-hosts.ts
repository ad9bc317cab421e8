import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PS_TEMPLATE } from '../../../src/docker/parsers/parse-docker-ps.js';
import { FakeDockerCli } from './fake-docker-cli.js';

const run = promisify(execFile);

/** As long as `docker stats` of 50 containers takes. */
const STATS_SECONDS = 2;

/**
 * Creates the settings for so many Docker hosts with so many containers each. Their docker CLI is a shell script that prints recorded
 * output: many processes of the other fake CLI, which is a Node program, would take all CPU time.
 */
export async function createFakeHosts(hosts: number, containers: number): Promise<Record<string, string>> {
  const { folder, program, env } = new FakeDockerCli({ containers, durationMs: 0 });
  const record = async (subcommand: string, ...args: string[]): Promise<void> => {
    const { stdout } = await run(program, [subcommand, ...args], { env: { ...process.env, ...env } });
    writeFileSync(join(folder, subcommand), stdout);
  };
  await record('stats', '--no-stream', '--format', '{{json .}}');
  await record('ps', '--format', PS_TEMPLATE);
  await record('version');
  const script = `#!/bin/sh
# Called as: docker --context HOST SUBCOMMAND …
[ "$3" != stats ] || sleep ${STATS_SECONDS}
exec cat '${folder}'/"$3"
`;
  const shellCli = join(folder, 'shell-docker');
  writeFileSync(shellCli, script, { mode: 0o755 });
  const names = Array.from({ length: hosts }, (_, n) => `host${n + 1}`);
  return { DOCKER_BIN: shellCli, DOCKER_HOSTS: names.join() };
}
