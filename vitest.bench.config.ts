import { defineConfig } from 'vitest/config';

/** The benchmark: `npm run bench`, or one scenario with `npm run bench -- -t streams`. Not part of the tests. */
export default defineConfig({
  test: {
    include: ['test/bench/**/*.bench.ts'],
    reporters: ['default', './test/bench/report/figures-reporter.ts'],
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 120_000,
  },
});
