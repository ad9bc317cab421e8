import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { constants } from 'node:os';

/**
 * Returns the ids of all processes whose command line, joined by spaces, contains a text. Skips zombies.
 * Reads `/proc` because small images do not have `ps`.
 */
export function findProcesses(text: string): number[] {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return pids.filter((pid) => readCommandLine(pid).includes(text)).map(Number);
}

/** Returns the path of the program that a process runs; `undefined` if the process has ended. */
export function readProgramPath(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return undefined;
  }
}

/** Returns the number of open file descriptors of a process. */
export function countOpenDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** A process that another one started. */
export interface Descendant {
  readonly name: string;
  /** `Z` for a zombie; see proc(5). */
  readonly state: string;
}

/** Returns the children of a process, their children, and so on, including zombies. */
export function readDescendants(ancestor: number): Descendant[] {
  const processes = readdirSync('/proc').flatMap((entry) => {
    const [, name = '', state = '', parent = ''] = /^\d+ \((.*)\) (\w) (\d+) /s.exec(readStat(entry)) ?? [];
    return parent === '' ? [] : [{ pid: Number(entry), name, state, parent: Number(parent) }];
  });
  const find = (pid: number): Descendant[] =>
    processes
      .filter(({ parent }) => parent === pid)
      .flatMap(({ pid: child, name, state }) => [{ name, state }, ...find(child)]);
  return find(ancestor);
}

/** Whether a process has a handler for a signal. */
export function catchesSignal(pid: number, signal: NodeJS.Signals): boolean {
  const [, mask = ''] = /^SigCgt:\s+([\da-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return ((BigInt(`0x${mask}`) >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n;
}

/** Returns an empty string for a process that has ended, and for other entries of `/proc`. */
function readStat(entry: string): string {
  try {
    return readFileSync(`/proc/${entry}/stat`, 'utf8');
  } catch {
    return '';
  }
}

/** Returns an empty string for a zombie and for a process that has ended. */
function readCommandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** Returns the peak resident memory of a process, in MB. */
export function readPeakResidentMb(pid: number): number {
  return readMemoryMb(pid, 'VmHWM');
}

/** Returns the resident memory of a process, in MB. */
export function readResidentMb(pid: number): number {
  return readMemoryMb(pid, 'VmRSS');
}

function readMemoryMb(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const [, kb] = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status) ?? [];
  return Number(kb) / 1024;
}
