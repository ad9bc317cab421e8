/** Says loudly that tests cannot run here; with REQUIRE_DOCKER, as in CI, that is a failure. */
export function sayThatTestsAreSkipped(folder: string, reason: string): void {
  const message = `TESTS OF ${folder} ARE SKIPPED: ${reason}`;
  if (process.env['REQUIRE_DOCKER']) throw new Error(message);
  console.warn(`\n${'!'.repeat(80)}\n${message}\n${'!'.repeat(80)}\n`);
}
