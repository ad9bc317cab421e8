import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The parts of `src`, from top to bottom. A part may import only from lines below its own. */
const LAYERS = [
  ['main.ts'],
  ['cli'],
  ['app.module.ts'],
  ['hosts'],
  ['health', 'metrics', 'docs', 'page'],
  ['history'],
  ['stats'],
  ['http'],
  ['auth'],
  ['docker', 'prometheus'],
  ['sampling'],
  ['command', 'logging'],
  ['config'],
];

/** Static, dynamic and type imports with a relative path. */
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*'(\.{1,2}\/[^']+)\.js'/g;

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'),
);

const imports: readonly Import[] = files.flatMap((from) =>
  [...readFileSync(join('src', from), 'utf8').matchAll(IMPORT)].map(([, target = '']) => ({
    from,
    to: `${normalize(join(dirname(from), target))}.ts`,
  })),
);

function getPart(file: string): string {
  return file.split(sep)[0] ?? '';
}

function getLayer(file: string): number {
  return LAYERS.findIndex((layer) => layer.includes(getPart(file)));
}

/** Returns the folder of a file, such as `http/server`. A file directly in `src` counts as its own folder. */
function getFolder(file: string): string {
  return dirname(file) === '.' ? file : dirname(file);
}

/** The other folders that each folder imports from. */
const folderImports = new Map<string, Set<string>>(files.map((file) => [getFolder(file), new Set()]));
for (const { from, to } of imports) {
  if (getFolder(from) !== getFolder(to)) folderImports.get(getFolder(from))?.add(getFolder(to));
}

/** Returns the folders that a folder imports from, directly or indirectly. */
function findReachable(folder: string, reached = new Set<string>()): Set<string> {
  for (const to of folderImports.get(folder) ?? []) {
    if (reached.has(to)) continue;
    reached.add(to);
    findReachable(to, reached);
  }
  return reached;
}

describe('Imports in src', () => {
  it('refer to existing files, and every file has a layer', () => {
    expect(imports.length).toBeGreaterThan(300);
    expect(imports.filter(({ to }) => !files.includes(to))).toEqual([]);
    expect(files.filter((file) => getLayer(file) === -1)).toEqual([]);
  });

  it('refer only to lower layers', () => {
    const wrong = imports.filter(
      ({ from, to }) => getPart(from) !== getPart(to) && getLayer(from) >= getLayer(to),
    );
    expect(wrong).toEqual([]);
  });

  it('have no cycles between folders', () => {
    const folders = [...folderImports.keys()];
    expect(folders.filter((folder) => findReachable(folder).has(folder))).toEqual([]);
  });
});

describe('Folder src/docker', () => {
  it('is imported only by stats.module.ts', () => {
    const users = imports.filter(({ from, to }) => getPart(to) === 'docker' && getPart(from) !== 'docker');
    expect(new Set(users.map(({ from }) => from))).toEqual(new Set([join('stats', 'stats.module.ts')]));
  });
});
