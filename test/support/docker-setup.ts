import { execFileSync } from 'node:child_process';
import {
  DOCKER_CLIS,
  NO_DOCKER_CLI,
  NO_PODMAN,
  NO_PROMETHEUS,
  NO_SOCKET_PROXY,
} from './docker-availability.js';
import { sayThatTestsAreSkipped } from './skipped-tests.js';

/**
 * Says which docker CLIs the tests run with, and loudly which tests of `test/docker` cannot run here; with
 * REQUIRE_DOCKER, as in CI, that is a failure.
 */
export default function setUp(): void {
  if (NO_DOCKER_CLI === undefined) console.log(DOCKER_CLIS.map(versionOf).join('\n'));
  const reason = NO_SOCKET_PROXY ?? NO_PROMETHEUS ?? NO_PODMAN; // need all that the others need
  if (reason !== undefined) sayThatTestsAreSkipped('test/docker', reason);
}

function versionOf(cli: string): string {
  return `${execFileSync(cli, ['--version'], { encoding: 'utf8' }).trim()}: ${cli}`;
}
