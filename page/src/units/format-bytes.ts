import { MISSING } from './missing.js';

/** The units of memory and traffic, and their sizes in MB of the API (2^20 bytes). */
export const BYTE_UNITS = [
  ['KiB', 1 / 1024],
  ['MiB', 1],
  ['GiB', 1024],
  ['TiB', 1024 ** 2],
] as const;

/** Formats memory: `102.9 MiB`, `1.5 GiB`. */
export function formatMemory(mb: number | null): string {
  return format(mb, 1);
}

/** Formats traffic: like memory, but small amounts in KiB, because many containers transfer little. */
export function formatTraffic(mb: number | null): string {
  return format(mb, 0);
}

/** The unit changes at 1000, and there is always one decimal: so the figures of a column are aligned, and at most `999.9`. */
function format(mb: number | null, smallest: number): string {
  if (mb === null) return MISSING;
  const [unit, size] = BYTE_UNITS.slice(smallest).find(([, bytes]) => mb / bytes < 999.95) ?? BYTE_UNITS[3];
  return `${(mb / size).toFixed(1)}\u00a0${unit}`;
}
