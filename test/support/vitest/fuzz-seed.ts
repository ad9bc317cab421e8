import { randomInt } from 'node:crypto';

/** The seed of all random tests if `FUZZ_SEED` is not set. */
const DEFAULT_SEED = '1';

const MAX_SEED = 2 ** 31 - 1;

/** Returns the seed for a value of `FUZZ_SEED`: a number repeats a run, `random` chooses a new seed and prints it. */
export function chooseFuzzSeed(setting = ''): string {
  if (setting === 'random') {
    const seed = String(randomInt(MAX_SEED));
    console.log(`Random tests use FUZZ_SEED=${seed}; set it to repeat this run.`);
    return seed;
  }
  if (setting !== '' && !(/^\d+$/.test(setting) && Number(setting) <= MAX_SEED)) {
    throw new Error(`FUZZ_SEED must be a whole number from 0 to ${MAX_SEED}, or "random"`);
  }
  return setting || DEFAULT_SEED;
}
