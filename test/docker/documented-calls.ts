import { readFileSync } from 'node:fs';

/** A call of the engine's API in the table in `docs/socket-proxy.md`. */
export interface DocumentedCall {
  /** The method and the path. */
  readonly call: string;
  /** The docker commands that make the call. */
  readonly madeBy: readonly string[];
  readonly isNeeded: boolean;
}

const ROW = /^\| `([A-Z]+)` +\| `(\/[^`]*)` +\| ([^|]+)\| (yes|no)\b/gm;

/** Reads the table of calls in `docs/socket-proxy.md`. */
export function readDocumentedCalls(): DocumentedCall[] {
  const rows = [...readFileSync('docs/socket-proxy.md', 'utf8').matchAll(ROW)];
  return rows.map(([, method, path, commands = '', needed]) => ({
    call: `${method} ${path}`,
    madeBy: [...commands.matchAll(/`([^`]+)`/g)].map(([, command = '']) => command),
    isNeeded: needed === 'yes',
  }));
}
