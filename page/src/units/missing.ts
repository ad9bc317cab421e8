/** Shown where docker gives no figure: never 0. */
export const MISSING = '–';
