import { randomInt } from 'node:crypto';

/** The seed of all tests that choose at random, unless `FUZZ_SEED` sets another. */
const DEFAULT_SEED = '1';

const MAX_SEED = 2 ** 31 - 1;

/** The seed that `FUZZ_SEED` asks for: a number to repeat a run, or `random` for a new seed, which is printed. */
export function fuzzSeed(setting = ''): string {
  if (setting === 'random') {
    const seed = String(randomInt(MAX_SEED));
    console.log(`The random tests use FUZZ_SEED=${seed}: set it to repeat this run.`);
    return seed;
  }
  if (setting !== '' && !(/^\d+$/.test(setting) && Number(setting) <= MAX_SEED)) {
    throw new Error(`FUZZ_SEED must be a whole number from 0 to ${MAX_SEED}, or "random"`);
  }
  return setting || DEFAULT_SEED;
}
