/** Prints a warning that tests of a Vitest project are skipped. Throws it if REQUIRE_DOCKER is set, as in CI. */
export function reportSkippedTests(project: string, reason: string): void {
  const message = `TESTS OF PROJECT "${project}" ARE SKIPPED: ${reason}`;
  if (process.env['REQUIRE_DOCKER']) throw new Error(message);
  console.warn(`\n${'!'.repeat(80)}\n${message}\n${'!'.repeat(80)}\n`);
}
