import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { chooseFuzzSeed } from './support/vitest/fuzz-seed.js';

describe('FUZZ_SEED', () => {
  it.each([undefined, ''])('defaults to seed 1 when it is %j', (setting) => {
    expect(chooseFuzzSeed(setting)).toBe('1');
  });

  it.each(['0', '42', '2147483647'])('sets the seed to %s', (setting) => {
    expect(chooseFuzzSeed(setting)).toBe(setting);
  });

  it('chooses a new seed each time and prints it when it is "random"', () => {
    const print = vi.spyOn(console, 'log').mockReturnValue();
    const seeds = [chooseFuzzSeed('random'), chooseFuzzSeed('random')];
    expect(new Set(seeds).size).toBe(2);
    for (const [n, seed] of seeds.entries()) {
      expect(seed).toMatch(/^\d+$/);
      expect(print.mock.calls[n]).toEqual([expect.stringContaining(`FUZZ_SEED=${seed};`)]);
    }
  });

  it.each(['-1', '1.5', '2147483648', 'x', 'RANDOM'])('rejects %s', (setting) => {
    expect(() => chooseFuzzSeed(setting)).toThrow(
      'FUZZ_SEED must be a whole number from 0 to 2147483647, or "random"',
    );
  });

  it('sets the seed of fast-check', () => {
    expect(fc.readConfigureGlobal()).toMatchObject({ seed: Number(process.env['FUZZ_SEED']) });
  });
});
