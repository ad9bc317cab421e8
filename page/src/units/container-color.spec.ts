import { describe, expect, it } from 'vitest';
import { getContainerColor, getContainerHue } from './container-color.js';

describe('getContainerHue', () => {
  it('is the same for the same name', () => {
    expect(getContainerHue('shop-web-1')).toBe(getContainerHue('shop-web-1'));
  });

  it('spreads names that differ in one digit over the colours', () => {
    const hues = Array.from({ length: 100 }, (_, n) => getContainerHue(`shop-web-${n}`));
    expect(new Set(hues).size).toBeGreaterThan(18);
  });
});

describe('getContainerColor', () => {
  it('is lighter in the dark scheme', () => {
    const hue = getContainerHue('db');
    expect(getContainerColor('db', 'light')).toBe(`oklch(0.55 0.13 ${hue})`);
    expect(getContainerColor('db', 'dark')).toBe(`oklch(0.76 0.13 ${hue})`);
  });
});
