import { execFileSync } from 'node:child_process';

/** Builds what the tests start as a program. */
export default function setUp(): void {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 'inherit', 'inherit'] });
}
