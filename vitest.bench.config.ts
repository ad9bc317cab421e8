import { defineConfig } from 'vitest/config';

/** `npm run bench`: one scenario after the other, never beside the tests. One alone: `npm run bench -- -t streams`. */
export default defineConfig({
  test: {
    include: ['test/bench/**/*.bench.ts'],
    reporters: ['default', './test/bench/figures-reporter.ts'],
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 120_000,
  },
});
