import { BYTE_UNITS } from '../../units/format-bytes.js';
import type { CpuUnit } from '../../units/format-cpu.js';

/** Steps of axes of bytes: powers of 2, so that the labels are short: 128 MiB, 1.5 GiB. */
export const BINARY_STEPS: readonly number[] = Array.from({ length: 40 }, (_, n) => 2 ** (n - 15));

/** Steps of axes of whole numbers. */
export const WHOLE_STEPS: readonly number[] = [1, 10, 100, 1000, 10_000, 100_000].flatMap((power) =>
  [1, 2, 5].map((digit) => digit * power),
);

/** Formats a label of an axis of CPU, shorter than a figure. */
export function formatCpuTick(cpuUsage: number, unit: CpuUnit): string {
  return unit === 'percent' ? `${round(cpuUsage)} %` : String(round(cpuUsage / 100));
}

/** Formats a label of an axis of bytes. */
export function formatBytesTick(mb: number): string {
  if (mb === 0) return '0';
  const [unit, size] = BYTE_UNITS.findLast(([, bytes]) => mb >= bytes) ?? ['B', 2 ** -20];
  return `${round(mb / size)} ${unit}`;
}

/** Removes the error of binary fractions: 0.30000000000000004. */
function round(value: number): number {
  return Number(value.toFixed(4));
}
