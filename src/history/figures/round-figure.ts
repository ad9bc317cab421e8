/** Below it, 7 digits include the hundredths. */
const HAS_HUNDREDTHS = 100_000;

/** Rounds a number that was stored with 32 bits to its 7 reliable digits: 102.85, not 102.8499985. */
export function roundFigure(value: number): number {
  const hundredths = Math.round(value * 100) / 100;
  // Fast path: most figures have two decimals.
  if (value < HAS_HUNDREDTHS && Math.fround(hundredths) === value) return hundredths;
  return Number(value.toPrecision(7));
}
