import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { createPagePolicy } from '../http/responses/page-policy.js';
import { StaticFile } from '../http/responses/static-file.js';

/** The built page. The path works from `src` too, where the tests run. */
const PUBLIC = new URL('../../dist/public/', import.meta.url);
const ASSETS = new URL('assets/', PUBLIC);

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The HTML of the page. It names the current assets, so browsers check it before each use. */
export function createPageFile(): StaticFile {
  const headers = {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': createPagePolicy("'self'"),
  };
  return new StaticFile(headers, () => readFile(new URL('index.html', PUBLIC)));
}

/** The scripts and styles, by name. Empty if the page is not built. */
export function createAssetFiles(): ReadonlyMap<string, StaticFile> {
  return new Map(listAssets().map((name) => [name, createAssetFile(name)]));
}

function createAssetFile(name: string): StaticFile {
  const headers = { 'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream' };
  // Its name contains a hash of its content.
  return new StaticFile(
    headers,
    () => readFile(new URL(name, ASSETS)),
    'public, max-age=31536000, immutable',
  );
}

function listAssets(): string[] {
  try {
    return readdirSync(ASSETS);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
