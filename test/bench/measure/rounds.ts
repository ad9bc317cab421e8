/**
 * Runs two actions alternately, so that other load on the machine affects both. The first round is a warm-up; its results are
 * dropped.
 */
export async function alternate<A, B>(
  rounds: number,
  first: () => Promise<A>,
  second: () => Promise<B>,
): Promise<[A[], B[]]> {
  const results: [A[], B[]] = [[], []];
  for (let round = 0; round <= rounds; round++) {
    const [a, b] = [await first(), await second()];
    if (round === 0) continue;
    results[0].push(a);
    results[1].push(b);
  }
  return results;
}

/** Returns how long an action takes, in ms. */
export async function measureMs(action: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await action();
  return performance.now() - before;
}
