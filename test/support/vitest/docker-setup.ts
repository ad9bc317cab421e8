import { execFileSync } from 'node:child_process';
import type { TestProject } from 'vitest/node';
import {
  DOCKER_CLIS,
  NO_COMPOSE,
  NO_DOCKER_CLI,
  NO_DOCKER_ENGINE,
  NO_KUBECTL,
  NO_PODMAN,
  NO_PROMETHEUS,
  NO_SOCKET_PROXY,
  NO_SSH,
  NO_SYSTEMD,
  NO_VICTORIA_METRICS,
} from './docker-availability.js';
import { reportSkippedTests } from './skipped-tests.js';

/**
 * Global setup: prints the docker CLIs that the tests use. Warns when tests with a real engine are skipped, or fails if
 * REQUIRE_DOCKER is set, as in CI.
 */
export default function setUp({ name }: TestProject): void {
  if (NO_DOCKER_CLI === undefined) console.log(DOCKER_CLIS.map(describeCli).join('\n'));
  const reason = findMissing(name);
  if (reason !== undefined) reportSkippedTests(name, reason);
}

function findMissing(project: string): string | undefined {
  if (project.startsWith('docker'))
    return NO_PROMETHEUS ?? NO_VICTORIA_METRICS ?? NO_SSH ?? NO_PODMAN ?? NO_SOCKET_PROXY;
  return project === 'deploy' ? (NO_COMPOSE ?? NO_KUBECTL ?? NO_SYSTEMD) : NO_DOCKER_ENGINE;
}

function describeCli(cli: string): string {
  return `${execFileSync(cli, ['--version'], { encoding: 'utf8' }).trim()}: ${cli}`;
}
