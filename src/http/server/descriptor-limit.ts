import { readFileSync } from 'node:fs';

/** Reads how many file descriptors this process may open; `undefined` if it is not Linux. Node has raised the soft limit to the hard one. */
export function readDescriptorLimit(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const [, limit] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return limit === undefined ? undefined : Number(limit);
}
