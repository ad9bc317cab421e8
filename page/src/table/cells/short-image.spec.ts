import { describe, expect, it } from 'vitest';
import { shortenImage } from './short-image.js';

const digest = `0123456789ab${'c'.repeat(52)}`;

describe('shortenImage', () => {
  it.each([
    ['nginx:1.29', 'nginx:1.29'],
    ['nginx', 'nginx'],
    ['registry.example.com:5000/team/app:1.2', 'app:1.2'],
    [`ghcr.io/team/app@sha256:${digest}`, 'app@0123456789ab'],
    [`ghcr.io/team/app:2@sha256:${digest}`, 'app:2'],
    [`sha256:${digest}`, '0123456789ab'],
    [digest, '0123456789ab'],
    ['0123456789ab', '0123456789ab'],
  ])('shows %s as %s', (image, short) => {
    expect(shortenImage(image)).toBe(short);
  });
});
