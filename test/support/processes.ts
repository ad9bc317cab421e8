import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * The ids of all processes whose command line, its words joined by spaces, holds a marker; zombies, which nobody can
 * end, aside. Reads `/proc`: `ps` is missing on small images.
 */
export function processesWith(marker: string): number[] {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return pids.filter((pid) => commandLineOf(pid).includes(marker)).map(Number);
}

/** The file that a process runs; `undefined` when it has ended. */
export function programOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return undefined;
  }
}

/** How many descriptors a process has open. */
export function openDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Empty for a zombie, and for a process that has ended meanwhile. */
function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** The most resident memory that a process has had so far, in MB. */
export function peakResidentMb(pid: number): number {
  return memoryMb(pid, 'VmHWM');
}

/** The resident memory of a process, in MB. */
export function residentMb(pid: number): number {
  return memoryMb(pid, 'VmRSS');
}

function memoryMb(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const [, kb] = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status) ?? [];
  return Number(kb) / 1024;
}
