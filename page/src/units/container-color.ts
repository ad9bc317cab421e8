/** The two schemes of colours of the page. */
export type ColorScheme = 'light' | 'dark';

const HUES = 24;
const LIGHTNESS: Readonly<Record<ColorScheme, number>> = { light: 0.55, dark: 0.76 };

/** The hue of a container, in degrees: from its name, so that it is the same in every chart and on every day. */
export function getContainerHue(name: string): number {
  return (hash(name) % HUES) * (360 / HUES);
}

/** The colour of a container's lines: enough contrast to the background for a line, in both schemes. */
export function getContainerColor(name: string, scheme: ColorScheme): string {
  return `oklch(${LIGHTNESS[scheme]} 0.13 ${getContainerHue(name)})`;
}

/** FNV-1a, 32 bits, with the final mix of MurmurHash3: names that differ in one digit get unrelated colours. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let n = 0; n < text.length; n++) value = Math.imul(value ^ text.charCodeAt(n), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
