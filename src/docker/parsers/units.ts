import { BYTES_PER_MB } from '../../sampling/container-fields.js';

/** A text does not have the format of a figure that docker prints. */
export class UnreadableFigureError extends Error {
  readonly code = 'unreadable_figure';

  constructor(text: string) {
    super(`Not a figure in docker's format: ${JSON.stringify(text.slice(0, 40))}`);
    this.name = 'UnreadableFigureError';
  }
}

const NUMBER = String.raw`\d+(?:\.\d+)?(?:[eE][+-]?\d+)?`;
const SIZE = new RegExp(`^(${NUMBER}) ?([kKMGTPEZY]?)(i?)B$`);
const PERCENT = new RegExp(`^(${NUMBER})%$`);
const PREFIXES = ['', 'K', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];

/**
 * Converts a size that docker prints to MB (1 MB = 1024 * 1024 bytes), without rounding.
 *
 * The suffix determines the base, as in docker's `go-units`: `kB`, `MB`, … are powers of 1000, and `KiB`, `MiB`, … are powers
 * of 1024. Docker before 1.13 printed a space before the unit.
 *
 * @example convertMemoryToMb('1.5GiB') // 1536
 * @throws {UnreadableFigureError} for any other format
 */
export function convertMemoryToMb(text: string): number {
  const [, number, prefix, binary] = SIZE.exec(text) ?? [];
  if (number === undefined || prefix === undefined) throw new UnreadableFigureError(text);
  const unit = (binary ? 1024 : 1000) ** PREFIXES.indexOf(prefix.toUpperCase());
  return checkFinite(Number(number) * (unit / BYTES_PER_MB), text);
}

/**
 * Parses a percentage: `12.45%` is 12.45.
 *
 * @throws {UnreadableFigureError} for any other format
 */
export function parsePercent(text: string): number {
  return checkFinite(Number(PERCENT.exec(text)?.[1] ?? NaN), text);
}

/**
 * Parses a number of processes.
 *
 * @throws {UnreadableFigureError} for any other format
 */
export function parseCount(text: string): number {
  return checkFinite(/^\d+$/.test(text) ? Number(text) : NaN, text);
}

function checkFinite(figure: number, text: string): number {
  if (!Number.isFinite(figure)) throw new UnreadableFigureError(text);
  return figure;
}
