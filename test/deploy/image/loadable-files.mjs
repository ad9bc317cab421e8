// Prints the files that a program can load, one on each line: itself, and what its files import or require, also in functions.
// Usage: node --experimental-import-meta-resolve loadable-files.mjs PROGRAM...
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const REQUIRE = /\brequire(?:\.resolve)?\(\s*(['"`])([^'"`]+)\1/g;
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*(['"`])([^'"`]+)\1/g;

/**
 * Returns the file that a name refers to; `undefined` for an optional package that is not installed, and for types and folders
 * that comments name.
 *
 * @param {() => string} find
 * @returns {string | undefined}
 */
function tryResolve(find) {
  try {
    const path = realpathSync(find());
    return statSync(path).isFile() && !path.endsWith('.d.ts') ? path : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {string} file
 * @returns {(string | undefined)[]}
 */
function findDependencies(file) {
  if (!/\.[cm]?js$/.test(file)) return [];
  const source = readFileSync(file, 'utf8');
  const { resolve: resolveRequired } = createRequire(file);
  const url = pathToFileURL(file).href;
  const required = [...source.matchAll(REQUIRE)].map(([, , name = '']) => name);
  const imported = [...source.matchAll(IMPORT)].map(([, , name = '']) => name);
  return [
    ...required.filter((name) => !isBuiltin(name)).map((name) => tryResolve(() => resolveRequired(name))),
    ...imported
      .filter((name) => !isBuiltin(name))
      .map((name) => tryResolve(() => fileURLToPath(import.meta.resolve(name, url)))),
  ];
}

const files = new Set(process.argv.slice(2).map((path) => realpathSync(resolve(path))));
for (const file of files) {
  for (const dependency of findDependencies(file)) if (dependency !== undefined) files.add(dependency);
}
console.log([...files].join('\n'));
