import { Injectable, type LoggerService } from '@nestjs/common';
import { type Level, type Logger as Pino, pino } from 'pino';
import { Settings } from '../config/settings.js';
import { LogOutput } from './log-output.js';

/** Nest's account of its own start: two dozen lines that are the same each time. */
const FRAMEWORK = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** The service's logger: takes Nest's lines, writes JSON. */
@Injectable()
export class ServiceLogger implements LoggerService {
  /** What writes every line of the log. */
  readonly pino: Pino;

  constructor({ LOG_LEVEL }: Settings, output: LogOutput) {
    this.pino = pino(
      {
        level: LOG_LEVEL,
        base: null, // neither process id nor host: whoever collects the log knows them
        timestamp: isoTime,
        formatters: { level: (level) => ({ level }) },
        serializers: { err: serializeError },
      },
      output,
    );
  }

  log(message: unknown, ...more: unknown[]): void {
    this.#write(FRAMEWORK.has(String(more.at(-1))) ? 'debug' : 'info', message, more);
  }

  fatal(message: unknown, ...more: unknown[]): void {
    this.#write('fatal', message, more);
  }

  error(message: unknown, ...more: unknown[]): void {
    this.#write('error', message, more);
  }

  warn(message: unknown, ...more: unknown[]): void {
    this.#write('warn', message, more);
  }

  debug(message: unknown, ...more: unknown[]): void {
    this.#write('debug', message, more);
  }

  verbose(message: unknown, ...more: unknown[]): void {
    this.#write('trace', message, more);
  }

  /** As Nest's `Logger` calls it: the context comes last, before it may come the stack of an error, or more messages. */
  #write(level: Level, message: unknown, more: readonly unknown[]): void {
    if (!this.pino.isLevelEnabled(level)) return;
    const context = more.at(-1);
    const [stack] = more.slice(0, -1);
    this.pino[level]({
      ...(typeof context === 'string' && { context }),
      ...(typeof stack === 'string' && { err: { stack } }),
      ...fieldsOf(message),
    });
  }
}

let second = NaN;
let secondText = '';

/** The time of a line, ISO 8601. Formats the date once a second: pino's own does so for each line, in a third of its time. */
function isoTime(): string {
  const now = Date.now();
  const ms = now % 1000;
  if (now - ms !== second) {
    second = now - ms;
    secondText = new Date(second).toISOString().slice(0, -4);
  }
  return `,"time":"${secondText}${String(ms).padStart(3, '0')}Z"`;
}

function fieldsOf(message: unknown): object {
  if (message instanceof Error) return { err: message, msg: message.message };
  if (typeof message !== 'object' || message === null) return { msg: String(message) };
  const { err } = message as { err?: unknown };
  return { ...(err instanceof Error && { msg: err.message }), ...message };
}

/** These alone: libraries hang whole requests on their errors. */
function serializeError({ name, message, stack }: Error): object {
  return { type: name, message, stack };
}
