import { execFileSync } from 'node:child_process';

/** Global setup: builds the service, which the tests start as a process. Several projects share one build. */
export default function setUp(): void {
  if (process.env['SERVICE_IS_BUILT'] !== undefined) return;
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 'inherit', 'inherit'] });
  process.env['SERVICE_IS_BUILT'] = 'true';
}
