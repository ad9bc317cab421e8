import { findPrograms } from './docker-availability.js';

/** The browser that the tests in `test/browser` use. Empty when there is none. */
export const [CHROMIUM = ''] = findPrograms('chromium');

/** Why the tests with a real browser are skipped; `undefined` when they run. */
export const NO_BROWSER = CHROMIUM === '' ? 'chromium must be on the PATH' : undefined;
