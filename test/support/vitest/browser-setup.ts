import { NO_BROWSER } from './browser-availability.js';
import { reportSkippedTests } from './skipped-tests.js';

/** Global setup: warns when the tests in `test/browser` are skipped, or fails if REQUIRE_DOCKER is set, as in CI. */
export default function setUp(): void {
  if (NO_BROWSER !== undefined) reportSkippedTests('browser', NO_BROWSER);
}
