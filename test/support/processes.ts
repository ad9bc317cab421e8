import { execFileSync } from 'node:child_process';

/** The command lines of all processes that hold a marker; zombies, which nobody can end, aside. */
export function processesWith(marker: string): string[] {
  const lines = execFileSync('ps', ['-eo', 'stat=,args='], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes(marker) && !line.startsWith('Z'));
}
