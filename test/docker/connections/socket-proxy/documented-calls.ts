import { readFileSync } from 'node:fs';

/** A call of the engine's API in the table in `docs/socket-proxy.md`. */
export interface DocumentedCall {
  /** The method and the path. */
  readonly call: string;
  /** The docker commands that make the call. */
  readonly madeBy: readonly string[];
  /** Whether a sample needs the call. */
  readonly isNeeded: boolean;
  /** Whether the socket proxy allows the call. */
  readonly isAllowed: boolean;
}

const ROW = /^\| `([A-Z]+)` +\| `(\/[^`]*)` +\| ([^|]+)\| (yes|no) \| (yes|no) /gm;

/** Reads the table of calls in `docs/socket-proxy.md`. */
export function readDocumentedCalls(): DocumentedCall[] {
  const rows = [...readFileSync('docs/socket-proxy.md', 'utf8').matchAll(ROW)];
  return rows.map(([, method, path, commands = '', needed, allowed]) => ({
    call: `${method} ${path}`,
    madeBy: [...commands.matchAll(/`([^`]+)`/g)].map(([, command = '']) => command),
    isNeeded: needed === 'yes',
    isAllowed: allowed === 'yes',
  }));
}
