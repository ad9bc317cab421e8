import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished, vi } from 'vitest';
import type { LogEntry } from '../../src/logging/pretty-line.js';

/** The built service. */
export const MAIN = new URL('../../dist/main.js', import.meta.url).pathname;

/** A working directory without a `.env` file; whoever works here may have one of their own in the repository. */
export const NO_ENV_FILE = new URL('../fixtures', import.meta.url).pathname;

/** The built service in a process of its own. */
export class ServiceProcess {
  /** All that it has printed. */
  output = '';
  /** The same as a person reads it: of the log's lines the messages alone. */
  #said = '';
  /** Its exit code, once it has ended and its output is closed; `null` when a signal ended it. */
  readonly exitCode: Promise<number | null>;
  readonly #child: ChildProcess;

  /** Starts it with these settings, and nothing of this environment but PATH and the options of Node. */
  constructor(env: Record<string, string> = {}, program = process.execPath, args = [MAIN]) {
    this.#child = spawn(program, args, {
      cwd: NO_ENV_FILE,
      env: { ...inherited(), PORT: '0', HOST: '127.0.0.1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.hear(line));
    }
    this.exitCode = once(this.#child, 'close').then(([code]) => code as number | null);
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid ?? NaN;
  }

  /** The lines of its log, parsed. */
  get log(): LogEntry[] {
    return this.output.split('\n').filter(isLogLine).map(parsed);
  }

  /** Waits until its output matches, or a message of its log. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    const find = (): RegExpExecArray => {
      const match = pattern.exec(this.#said);
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

  /** Called with each line that it prints. */
  protected hear(line: string): void {
    this.output += `${line}\n`;
    this.#said += `${isLogLine(line) ? parsed(line).msg : line}\n`;
  }
}

/** With the options of Node, CI lets deprecation warnings fail here as well. */
function inherited(): NodeJS.ProcessEnv {
  const { PATH, NODE_OPTIONS } = process.env;
  return { PATH, ...(NODE_OPTIONS !== undefined && { NODE_OPTIONS }) };
}

function isLogLine(line: string): boolean {
  return line.startsWith('{"level":');
}

function parsed(line: string): LogEntry {
  return JSON.parse(line) as LogEntry;
}

/** Starts the service for one test, which ends it in any case. */
export function startService(...settings: ConstructorParameters<typeof ServiceProcess>): ServiceProcess {
  const service = new ServiceProcess(...settings);
  onTestFinished(() => service.kill('SIGKILL'));
  return service;
}
