import { NO_DOCKER_CLI, NO_DOCKER_ENGINE } from './docker-availability.js';

/** Says loudly which tests of `test/docker` cannot run here; with REQUIRE_DOCKER, as in CI, that is a failure. */
export default function setUp(): void {
  const reason = NO_DOCKER_CLI ?? NO_DOCKER_ENGINE;
  if (reason === undefined) return;
  const message = `REAL-ENGINE TESTS ARE SKIPPED: ${reason}`;
  if (process.env['REQUIRE_DOCKER']) throw new Error(message);
  console.warn(`\n${'!'.repeat(80)}\n${message}\n${'!'.repeat(80)}\n`);
}
