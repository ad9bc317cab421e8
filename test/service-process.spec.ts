import { describe, expect, it, vi } from 'vitest';
import { startService } from './support/service/service-process.js';

describe('ServiceProcess', () => {
  it.each([
    ['--throw-deprecation', 1],
    ['', 0],
  ])(
    'starts the service with NODE_OPTIONS=%j: a deprecation warning leads to exit code %d',
    async (options, exitCode) => {
      vi.stubEnv('NODE_OPTIONS', options);
      const service = startService({}, process.execPath, [
        '-e',
        `process.emitWarning('old', 'DeprecationWarning')`,
      ]);
      expect(await service.exitCode).toBe(exitCode);
      expect(service.output).toContain('DeprecationWarning: old');
    },
  );
});
