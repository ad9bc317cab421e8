import { readdirSync } from 'node:fs';
import fc from 'fast-check';

const ASSETS = new URL('../../../dist/public/assets/', import.meta.url);

const name = fc.constantFrom(...readdirSync(ASSETS));

/** What may lead out of the folder of the assets, in the encodings that file servers have decoded once too often. */
const parent = fc.constantFrom(
  '../',
  '..%2f',
  '%2e%2e/',
  '%2e%2e%2f',
  '..%252f',
  '%252e%252e/',
  '..\\',
  '..%5c',
  '..;/',
  '....//',
  '%c0%ae%c0%ae/',
  '%uff0e%uff0e/',
);
const secretFile = fc.constantFrom(
  'index.html',
  'LICENSES.md',
  'main.js',
  'package.json',
  'etc/passwd',
  '.env',
);
const traversal = fc
  .tuple(fc.array(parent, { minLength: 1, maxLength: 8 }), secretFile)
  .map(([parents, file]) => parents.join('') + file);

/** The path of a file of the page, or one that only looks like it. */
export const assetPath = fc.oneof(
  { arbitrary: name.map((file) => `/assets/${file}`), weight: 4 },
  { arbitrary: traversal.map((file) => `/assets/${file}`), weight: 2 },
  {
    arbitrary: fc
      .tuple(name, fc.constantFrom('/', '%00', '%20', '.', '.map', '.gz', '%2f..', '?', ';x', '%', ':$DATA'))
      .map(([file, end]) => `/assets/${file}${end}`),
    weight: 1,
  },
  {
    arbitrary: name.map((file) => `/assets/${encodeURIComponent(file).replaceAll('-', '%2D')}`),
    weight: 1,
  },
  {
    arbitrary: fc.constantFrom(
      '/assets',
      '/assets/',
      '/assets//',
      '/ASSETS/',
      '//assets/x',
      '/assets/__proto__',
      '/assets/.',
      '/index.html',
      '/LICENSES.md',
    ),
    weight: 1,
  },
);
