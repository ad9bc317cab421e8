import { readFileSync } from 'node:fs';
import { sum } from '../report/figures.js';

/** The kernel counts CPU time in ticks (USER_HZ): 100 per second on every platform that Node supports. */
const TICKS_PER_SECOND = 100;

/** Returns the CPU time that a process has used since its start, in user and kernel mode, in seconds. */
export function readCpuSeconds(pid: number): number {
  return readTicks(pid, 14, 15) / TICKS_PER_SECOND;
}

/** Like {@link readCpuSeconds}, with the child processes that have ended. */
export function readCpuSecondsWithChildren(pid: number): number {
  return readTicks(pid, 14, 15, 16, 17) / TICKS_PER_SECOND;
}

/** Adds fields of `/proc/PID/stat`: utime (14), stime (15), cutime (16) and cstime (17); see proc_pid_stat(5). */
function readTicks(pid: number, ...numbers: number[]): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The program name may contain spaces and brackets. The field after it is number 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return sum(numbers.map((number) => Number(fields[number - 3])));
}
