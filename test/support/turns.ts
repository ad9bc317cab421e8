/** How many turns the event loop has while something goes on. */
export async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  const counting = setInterval(() => turns++);
  await work();
  clearInterval(counting);
  return turns;
}
