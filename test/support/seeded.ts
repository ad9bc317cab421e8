import fc from 'fast-check';

// `vitest.config.ts` has set it: one seed for all test files.
fc.configureGlobal({ seed: Number(process.env['FUZZ_SEED']) });
