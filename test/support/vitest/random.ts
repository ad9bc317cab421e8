/** A source of pseudorandom numbers from 0 to 1, like `Math.random`. */
export type Random = () => number;

/** Creates a source that repeats the same numbers for the same seed (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let hash = Math.imul(state ^ (state >>> 15), state | 1);
    hash ^= hash + Math.imul(hash ^ (hash >>> 7), hash | 61);
    return ((hash ^ (hash >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Like `Math.random()`, but repeats the same numbers for the same `FUZZ_SEED`. */
export const random = createRandom(Number(process.env['FUZZ_SEED']));
