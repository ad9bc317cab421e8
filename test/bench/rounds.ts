/**
 * Runs two things by turns, so that whatever else the machine does meets both. A first round warms them up and does not
 * count.
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

/** How long something takes, in ms. */
export async function timed(action: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await action();
  return performance.now() - before;
}
