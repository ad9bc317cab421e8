import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished, vi } from 'vitest';
import type { LogEntry } from '../../../src/logging/pretty-line.js';

/** The path of the built service. */
export const MAIN = resolve('dist/main.js');

/** A working directory without a `.env` file. The root of the repository may have one. */
export const FOLDER_WITHOUT_ENV_FILE = resolve('test/fixtures');

/** The built service, running as a process. */
export class ServiceProcess {
  /** Everything that the process printed. */
  output = '';
  /** The output with log lines reduced to their messages. */
  #messages = '';
  /** Resolves to the exit code when the process has ended and its output is closed; `null` if a signal ended it. */
  readonly exitCode: Promise<number | null>;
  readonly #child: ChildProcess;

  /** Starts the service with these settings. Of the current environment it inherits only PATH and NODE_OPTIONS. */
  constructor(env: Record<string, string> = {}, program = process.execPath, args = [MAIN]) {
    this.#child = spawn(program, args, {
      cwd: FOLDER_WITHOUT_ENV_FILE,
      env: { ...inheritEnv(), PORT: '0', HOST: '127.0.0.1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.handleLine(line));
    }
    this.exitCode = once(this.#child, 'close').then(([code]) => code as number | null);
  }

  /** The process id. */
  get pid(): number {
    return this.#child.pid ?? NaN;
  }

  /** The parsed log lines. */
  get log(): LogEntry[] {
    return this.output.split('\n').filter(isLogLine).map(parseLogLine);
  }

  /** Waits until the output or a log message matches. */
  async waitForOutput(pattern: RegExp): Promise<RegExpExecArray> {
    const find = (): RegExpExecArray => {
      const match = pattern.exec(this.#messages);
      if (match === null) throw new Error(`The output does not match ${String(pattern)}:\n${this.output}`);
      return match;
    };
    return vi.waitFor(find, { timeout: 10_000 });
  }

  /** Waits until the service listens. Returns its URL. */
  async waitForUrl(): Promise<string> {
    const [, url = ''] = await this.waitForOutput(/Listening on (\S+)/);
    return url;
  }

  /** Closes this end of the service's stdout and stderr. */
  stopReading(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Called with each line of output. */
  protected handleLine(line: string): void {
    this.output += `${line}\n`;
    this.#messages += `${isLogLine(line) ? parseLogLine(line).msg : line}\n`;
  }
}

/** NODE_OPTIONS is inherited because CI sets --throw-deprecation, which must apply to the service too. */
function inheritEnv(): NodeJS.ProcessEnv {
  const { PATH, NODE_OPTIONS } = process.env;
  return { PATH, ...(NODE_OPTIONS !== undefined && { NODE_OPTIONS }) };
}

function isLogLine(line: string): boolean {
  return line.startsWith('{"level":');
}

function parseLogLine(line: string): LogEntry {
  return JSON.parse(line) as LogEntry;
}

/** Starts the service for one test. It is killed at the end of the test. */
export function startService(...settings: ConstructorParameters<typeof ServiceProcess>): ServiceProcess {
  const service = new ServiceProcess(...settings);
  onTestFinished(() => service.kill('SIGKILL'));
  return service;
}
