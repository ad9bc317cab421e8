import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The parts of `src`, from the top down. A part imports from those below it alone; parts of one line do not import each other. */
const LAYERS = [
  ['main.ts'],
  ['cli'],
  ['app.module.ts'],
  ['health', 'metrics', 'docs'],
  ['stats'],
  ['http'],
  ['auth'],
  ['docker'],
  ['sampling'],
  ['command', 'logging'],
  ['config'],
];

/** Relative imports, static and dynamic, of types too. */
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

function partOf(file: string): string {
  return file.split(sep)[0] ?? '';
}

function layerOf(file: string): number {
  return LAYERS.findIndex((layer) => layer.includes(partOf(file)));
}

/** The folder of a file, such as `http/server`; what stands in `src` itself counts as a folder of its own. */
function folderOf(file: string): string {
  return dirname(file) === '.' ? file : dirname(file);
}

/** The folders that a folder imports from, and those that these import from, and so on. */
function reachableFrom(folder: string, reached = new Set<string>()): Set<string> {
  for (const { from, to: file } of imports) {
    const to = folderOf(file);
    if (folderOf(from) !== folder || to === folder || reached.has(to)) continue;
    reached.add(to);
    reachableFrom(to, reached);
  }
  return reached;
}

describe('the imports in src', () => {
  it('are of files that are there, in parts that have a layer', () => {
    expect(imports.length).toBeGreaterThan(300);
    expect(imports.filter(({ to }) => !files.includes(to))).toEqual([]);
    expect(files.filter((file) => layerOf(file) === -1)).toEqual([]);
  });

  it('never run up, nor sideways', () => {
    const wrong = imports.filter(
      ({ from, to }) => partOf(from) !== partOf(to) && layerOf(from) >= layerOf(to),
    );
    expect(wrong).toEqual([]);
  });

  it('never run in a circle of folders', () => {
    const folders = new Set(files.map(folderOf));
    expect([...folders].filter((folder) => reachableFrom(folder).has(folder))).toEqual([]);
  });
});

describe('the docker CLI', () => {
  it('is known to its own folder, and to the module that wires it', () => {
    const users = imports.filter(({ from, to }) => partOf(to) === 'docker' && partOf(from) !== 'docker');
    expect(new Set(users.map(({ from }) => from))).toEqual(new Set([join('stats', 'stats.module.ts')]));
  });
});
