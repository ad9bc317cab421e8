import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convertMemoryToMb, parseCount, parsePercent, UnreadableFigureError } from './units.js';

const DECIMAL = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  PB: 1e15,
  EB: 1e18,
  ZB: 1e21,
  YB: 1e24,
};
const BINARY = { KiB: 10, kiB: 10, MiB: 20, GiB: 30, TiB: 40, PiB: 50, EiB: 60, ZiB: 70, YiB: 80 };

describe('convertMemoryToMb', () => {
  it.each([
    ['1B', 1 / 1048576],
    ['716KiB', 0.69921875],
    ['1024KiB', 1],
    ['102.85MiB', 102.85],
    ['1.426 MiB', 1.426],
    ['1.091GiB', 1117.184],
    ['1.5TiB', 1572864],
    ['16EiB', 17592186044416],
    ['1.02kB', 1020 / 1048576],
    ['1e+03kB', 1e6 / 1048576],
    ['1.5e3KB', 1.5e6 / 1048576],
    ['1E-3GB', 1e6 / 1048576],
    ['999MB', 952.7206420898438],
    ['18.4EB', 18.4e18 / 1048576],
  ])('converts %s', (text, mb) => expect(convertMemoryToMb(text) / mb).toBeCloseTo(1, 14));

  it('converts 0B to 0', () => expect(convertMemoryToMb('0B')).toBe(0));

  it('converts any count of every binary unit exactly', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 32), fc.constantFrom(...Object.entries(BINARY)), (count, [unit, power]) => {
        expect(convertMemoryToMb(`${count}${unit}`)).toBe(count * 2 ** (power - 20));
      }),
    );
  });

  it('converts any amount of every decimal unit to 15 digits', () => {
    const amount = fc.double({ min: 1e-3, max: 1e6, noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(amount, fc.constantFrom(...Object.entries(DECIMAL)), (count, [unit, bytes]) => {
        const read = (convertMemoryToMb(`${count}${unit}`) * 1048576) / bytes;
        expect(Math.abs(read - count)).toBeLessThanOrEqual(count * 1e-15);
      }),
    );
  });

  it.each([
    '',
    'B',
    '1',
    '1.5',
    'MiB',
    '-1MiB',
    '1,5MiB',
    '1MiB ',
    ' 1MiB',
    '1  MiB',
    '1mb',
    '1iB1',
    '.5MB',
    '1.MB',
  ])('rejects %j', (text) => expect(() => convertMemoryToMb(text)).toThrow(UnreadableFigureError));

  it('rejects a size that is too large for a number', () => {
    expect(() => convertMemoryToMb('1e999B')).toThrow(UnreadableFigureError);
  });
});

describe('parsePercent', () => {
  it.each([
    ['0.00%', 0],
    ['12.45%', 12.45],
    ['12800.00%', 12800],
    ['46116860184261.38%', 46116860184261.38],
  ])('parses %s', (text, percent) => expect(parsePercent(text)).toBe(percent));

  it.each(['', '%', '12.45', '--', 'NaN%', '+Inf%', '-1%', '1e999%'])('rejects %j', (text) => {
    expect(() => parsePercent(text)).toThrow(UnreadableFigureError);
  });
});

describe('parseCount', () => {
  it('parses a count', () => expect(parseCount('4711')).toBe(4711));

  it.each(['', '--', '1.5', '-1', '1e3', ' 1'])('rejects %j', (text) => {
    expect(() => parseCount(text)).toThrow(UnreadableFigureError);
  });
});

it('every parser of units throws only UnreadableFigureError, whatever the text is', () => {
  for (const parse of [convertMemoryToMb, parsePercent, parseCount]) {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(getOutcome(() => parse(text))).toSatisfy(
          (outcome) => outcome instanceof UnreadableFigureError || Number.isFinite(outcome),
        );
      }),
    );
  }
});

function getOutcome(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
