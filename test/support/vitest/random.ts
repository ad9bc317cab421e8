let state = Number(process.env['FUZZ_SEED']);

/** Like `Math.random()`, but repeats the same numbers for the same `FUZZ_SEED` (mulberry32). */
export function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let hash = Math.imul(state ^ (state >>> 15), state | 1);
  hash ^= hash + Math.imul(hash ^ (hash >>> 7), hash | 61);
  return ((hash ^ (hash >>> 14)) >>> 0) / 2 ** 32;
}
