import fc from 'fast-check';

// `vitest.config.ts` sets FUZZ_SEED, so that all test files use the same seed.
fc.configureGlobal({ seed: Number(process.env['FUZZ_SEED']) });
