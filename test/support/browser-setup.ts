import { NO_BROWSER } from './browser-availability.js';
import { sayThatTestsAreSkipped } from './skipped-tests.js';

/** Says loudly when the tests of `test/browser` cannot run here; with REQUIRE_DOCKER, as in CI, that is a failure. */
export default function setUp(): void {
  if (NO_BROWSER !== undefined) sayThatTestsAreSkipped('test/browser', NO_BROWSER);
}
