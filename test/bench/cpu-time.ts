import { readFileSync } from 'node:fs';

/** The kernel counts CPU time in ticks (USER_HZ): 100 per second on every platform that Node supports. */
const TICKS_PER_SECOND = 100;

/** Returns the CPU time that a process has used since its start, in user and kernel mode, in seconds. */
export function readCpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The program name may contain spaces and brackets. After it: state is field 3, utime and stime are 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
