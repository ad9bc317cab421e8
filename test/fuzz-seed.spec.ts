import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { fuzzSeed } from './support/fuzz-seed.js';

it.each([undefined, ''])('random tests use one seed unless FUZZ_SEED sets another: %j', (setting) => {
  expect(fuzzSeed(setting)).toBe('1');
});

it.each(['0', '42', '2147483647'])('random tests use the seed of FUZZ_SEED: %s', (setting) => {
  expect(fuzzSeed(setting)).toBe(setting);
});

it('FUZZ_SEED=random is a new seed each time, which is printed', () => {
  const print = vi.spyOn(console, 'log').mockReturnValue();
  const seeds = [fuzzSeed('random'), fuzzSeed('random')];
  expect(new Set(seeds).size).toBe(2);
  for (const [n, seed] of seeds.entries()) {
    expect(seed).toMatch(/^\d+$/);
    expect(print.mock.calls[n]).toEqual([expect.stringContaining(`FUZZ_SEED=${seed}:`)]);
  }
});

it.each(['-1', '1.5', '2147483648', 'x', 'RANDOM'])('FUZZ_SEED is refused when it is %s', (setting) => {
  expect(() => fuzzSeed(setting)).toThrow(
    'FUZZ_SEED must be a whole number from 0 to 2147483647, or "random"',
  );
});

it('fast-check uses the seed of all random tests', () => {
  expect(fc.readConfigureGlobal()).toMatchObject({ seed: Number(process.env['FUZZ_SEED']) });
});
