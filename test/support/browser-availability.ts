import { programsOnPath } from './docker-availability.js';

/** The browser that the tests of `test/browser` drive. */
export const [CHROMIUM = ''] = programsOnPath('chromium');

/** Why the tests with a real browser cannot run here, or `undefined`. */
export const NO_BROWSER = CHROMIUM === '' ? 'chromium must be on the PATH' : undefined;
