import { defineConfig } from 'vitest/config';
import { chooseFuzzSeed } from './test/support/vitest/fuzz-seed.js';

// Vitest loads this file once for each project. The variable keeps one seed for all of them, and for the tests.
process.env['FUZZ_SEED'] = chooseFuzzSeed(process.env['FUZZ_SEED']);

/** The tests with a real docker that check figures or times that other load changes. */
const DOCKER_ALONE = [
  'test/docker/{engine,prometheus}.spec.ts',
  'test/docker/hosts/*.spec.ts',
  'test/docker/fleet/faults.spec.ts',
];

export default defineConfig({
  resolve: { tsconfigPaths: true }, // the source of the client, not its build
  test: {
    setupFiles: [
      'test/support/vitest/silent-logger.ts',
      'test/support/vitest/fast-check-seed.ts',
      'test/support/vitest/real-timers.ts',
    ],
    reporters: ['default', './test/support/vitest/totals-reporter.ts'],
    expect: { poll: { timeout: 5000 } },
    restoreMocks: true,
    unstubEnvs: true,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            'src/**/*.spec.ts',
            'client/src/**/*.spec.ts',
            'page/src/**/*.spec.{ts,tsx}',
            'test/*.spec.ts',
          ],
          isolate: false, // each worker loads Nest once, not once for each file: that takes a third of the time
          maxWorkers: 3,
          testTimeout: 20_000, // fast-check takes seconds on a busy machine
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.spec.ts'],
          isolate: false,
          maxWorkers: 3,
          globalSetup: 'test/support/vitest/build.ts',
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'smoke',
          include: ['test/smoke/**/*.spec.ts'],
          globalSetup: ['test/support/vitest/build.ts', 'test/support/vitest/docker-setup.ts'],
          sequence: { groupOrder: 1 }, // alone: other load would show in the figures
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'docker-alone',
          include: DOCKER_ALONE,
          globalSetup: ['test/support/vitest/build.ts', 'test/support/vitest/docker-setup.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 2 }, // alone, too
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'docker',
          include: ['test/docker/**/*.spec.ts'],
          exclude: DOCKER_ALONE,
          globalSetup: ['test/support/vitest/build.ts', 'test/support/vitest/docker-setup.ts'],
          maxWorkers: 2, // they wait most of the time
          sequence: { groupOrder: 3 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'attack',
          include: ['test/attack/*/*.spec.ts'],
          globalSetup: ['test/support/vitest/build.ts', 'test/support/vitest/docker-setup.ts'],
          exclude: ['test/attack/alone/**'],
          maxWorkers: 2, // they wait most of the time
          sequence: { groupOrder: 4 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.spec.ts'],
          globalSetup: ['test/support/vitest/build.ts', 'test/support/vitest/browser-setup.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 5 },
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: ['test/attack/alone/*.spec.ts'],
          globalSetup: 'test/support/vitest/build.ts',
          fileParallelism: false,
          sequence: { groupOrder: 6 }, // alone: they measure latency and memory
          testTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'deploy',
          include: ['test/deploy/**/*.spec.ts'],
          globalSetup: ['test/support/vitest/build.ts', 'test/support/vitest/docker-setup.ts'],
          maxWorkers: 2, // they wait for engines half of the time
          sequence: { groupOrder: 7 },
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'release',
          include: ['test/release/**/*.spec.ts'],
          globalSetup: 'test/support/vitest/build.ts',
          maxWorkers: 2,
          sequence: { groupOrder: 7 },
          testTimeout: 120_000,
          hookTimeout: 300_000, // npm downloads packages
        },
      },
    ],
    coverage: {
      provider: 'v8',
      reporter: [['text', { skipFull: true }]],
      include: ['src/**/*.ts', 'client/src/**/*.ts', 'page/src/**/*.{ts,tsx}'],
      exclude: ['**/*.spec.ts', 'src/main.ts', 'src/cli/start.ts'],
    },
  },
});
