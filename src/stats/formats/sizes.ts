import { BYTES_PER_MB } from '../../sampling/container-fields.js';

const PREFIXES = ['', 'K', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];

/** Formats MB as docker prints memory: powers of 1024, four digits (`BytesSize` in docker's `go-units`). */
export function formatBinarySize(mb: number): string {
  return formatSize(mb, 1024, 4, (prefix) => (prefix === '' ? 'B' : `${prefix}iB`));
}

/** Formats MB as docker prints I/O: powers of 1000, three digits (`HumanSize` in docker's `go-units`). */
export function formatDecimalSize(mb: number): string {
  return formatSize(mb, 1000, 3, (prefix) => `${prefix === 'K' ? 'k' : prefix}B`);
}

function formatSize(
  mb: number,
  base: number,
  digits: number,
  formatUnit: (prefix: string) => string,
): string {
  let [size, power] = [mb * BYTES_PER_MB, 0];
  while (size >= base && power < PREFIXES.length - 1) {
    size /= base;
    power++;
  }
  return `${Number(size.toPrecision(digits))}${formatUnit(PREFIXES[power] ?? '')}`;
}
