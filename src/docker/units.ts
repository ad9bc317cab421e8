import { BYTES_PER_MB } from '../sampling/container-fields.js';

/** A figure is not in the form in which docker prints figures. */
export class UnreadableFigureError extends Error {
  readonly code = 'unreadable_figure';

  constructor(text: string) {
    super(`not a figure of docker: ${JSON.stringify(text.slice(0, 40))}`);
    this.name = 'UnreadableFigureError';
  }
}

const NUMBER = String.raw`\d+(?:\.\d+)?(?:[eE][+-]?\d+)?`;
const SIZE = new RegExp(`^(${NUMBER}) ?([kKMGTPEZY]?)(i?)B$`);
const PERCENT = new RegExp(`^(${NUMBER})%$`);
const PREFIXES = ['', 'K', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];

/**
 * Converts a size as docker prints it to MB (1 MB = 1024 * 1024 bytes), with nothing rounded away.
 *
 * The suffix alone says the base, as in docker's `go-units`: `kB`, `MB`, … are powers of 1000, `KiB`, `MiB`, …
 * powers of 1024. Docker before 1.13 wrote a space before the unit.
 *
 * @example convertMemoryToMb('1.5GiB') // 1536
 * @throws {UnreadableFigureError} for any other form
 */
export function convertMemoryToMb(text: string): number {
  const [, number, prefix, binary] = SIZE.exec(text) ?? [];
  if (number === undefined || prefix === undefined) throw new UnreadableFigureError(text);
  const unit = (binary ? 1024 : 1000) ** PREFIXES.indexOf(prefix.toUpperCase());
  return finite(Number(number) * (unit / BYTES_PER_MB), text);
}

/**
 * Reads a percentage as docker prints it: `12.45%` is 12.45.
 *
 * @throws {UnreadableFigureError} for any other form
 */
export function parsePercent(text: string): number {
  return finite(Number(PERCENT.exec(text)?.[1] ?? NaN), text);
}

/**
 * Reads a count of processes.
 *
 * @throws {UnreadableFigureError} for any other form
 */
export function parseCount(text: string): number {
  return finite(/^\d+$/.test(text) ? Number(text) : NaN, text);
}

function finite(figure: number, text: string): number {
  if (!Number.isFinite(figure)) throw new UnreadableFigureError(text);
  return figure;
}
