import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished, vi } from 'vitest';

/** The built service. */
export const MAIN = new URL('../../dist/main.js', import.meta.url).pathname;

/** The built service in a process of its own. */
export class ServiceProcess {
  output = '';
  /** Its exit code, once it has ended and its output is closed; `null` when a signal ended it. */
  readonly exitCode: Promise<number | null>;
  readonly #child: ChildProcess;

  /** Starts it with these settings, and nothing of this environment but PATH. */
  constructor(env: Record<string, string> = {}, program = process.execPath, args = [MAIN]) {
    this.#child = spawn(program, args, {
      env: { PATH: process.env['PATH'], PORT: '0', HOST: '127.0.0.1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
    this.exitCode = once(this.#child, 'close').then(([code]) => code as number | null);
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid ?? NaN;
  }

  /** Waits until its output matches. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    const find = (): RegExpExecArray => {
      const match = pattern.exec(this.output);
      if (match === null) throw new Error(`the service has not said ${String(pattern)}:\n${this.output}`);
      return match;
    };
    return vi.waitFor(find, { timeout: 10_000 });
  }

  /** The URL that it listens on. */
  async url(): Promise<string> {
    const [, url = ''] = await this.says(/Listening on (\S+)/);
    return url;
  }

  /** Closes our end of its stdout and stderr. */
  stopReading(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}

/** Starts the service for one test, which ends it in any case. */
export function startService(...settings: ConstructorParameters<typeof ServiceProcess>): ServiceProcess {
  const service = new ServiceProcess(...settings);
  onTestFinished(() => service.kill('SIGKILL'));
  return service;
}
