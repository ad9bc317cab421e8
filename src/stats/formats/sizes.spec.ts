import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convertMemoryToMb } from '../../docker/parsers/units.js';
import { formatBinarySize, formatDecimalSize } from './sizes.js';

describe.each([
  [
    'formatBinarySize',
    formatBinarySize,
    ['0B', '716KiB', '102.9MiB', '1.091GiB', '1.5TiB', '16EiB', '1e+06YiB'],
    5e-4,
  ],
  ['formatDecimalSize', formatDecimalSize, ['0B', '1B', '1.02kB', '999MB', '18.4EB', '1e+06YB'], 5e-3],
] as const)('%s', (_name, format, texts, error) => {
  it.each(texts)('formats the number of bytes in %s exactly as docker does', (text) => {
    expect(format(convertMemoryToMb(text)).replace('1000000Y', '1e+06Y')).toBe(text);
  });

  it('rounds only to the number of digits that docker prints', () => {
    const sizes = fc.double({ min: 0, max: 1e15, noNaN: true });
    fc.assert(
      fc.property(sizes, (mb) => {
        fc.pre(mb === 0 || mb > 1e-6); // a byte
        expect(Math.abs(convertMemoryToMb(format(mb)) - mb)).toBeLessThanOrEqual(mb * error);
      }),
    );
  });
});
