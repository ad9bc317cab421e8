import { expect, it, vi } from 'vitest';
import { startService } from './support/service-process.js';

it.each([
  ['fails with the option of CI', '--throw-deprecation', 1],
  ['goes on without it', '', 0],
])('a service of the tests that uses what is deprecated %s', async (_what, options, exitCode) => {
  vi.stubEnv('NODE_OPTIONS', options);
  const service = startService({}, process.execPath, [
    '-e',
    `process.emitWarning('old', 'DeprecationWarning')`,
  ]);
  expect(await service.exitCode).toBe(exitCode);
  expect(service.output).toContain('DeprecationWarning: old');
});
