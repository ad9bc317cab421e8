import { readFileSync } from 'node:fs';

/** A call to the engine's API, as the table of `docs/socket-proxy.md` has it. */
export interface DocumentedCall {
  /** Method and path. */
  readonly call: string;
  /** The commands that make it. */
  readonly madeBy: readonly string[];
  readonly isNeeded: boolean;
}

const ROW = /^\| `([A-Z]+)` +\| `(\/[^`]*)` +\| ([^|]+)\| (yes|no)\b/gm;

/** The calls of `docs/socket-proxy.md`. */
export function documentedCalls(): DocumentedCall[] {
  const rows = [...readFileSync('docs/socket-proxy.md', 'utf8').matchAll(ROW)];
  return rows.map(([, method, path, commands = '', needed]) => ({
    call: `${method} ${path}`,
    madeBy: [...commands.matchAll(/`([^`]+)`/g)].map(([, command = '']) => command),
    isNeeded: needed === 'yes',
  }));
}
