import { Injectable, type LoggerService } from '@nestjs/common';
import { type Level, type Logger as Pino, pino } from 'pino';
import { Settings } from '../config/settings.js';
import { LogOutput } from './log-output.js';

/** The contexts in which Nest logs its own startup: some 25 lines, always the same. */
const FRAMEWORK_CONTEXTS = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** Nest's logger for this service; writes one JSON object per line. */
@Injectable()
export class ServiceLogger implements LoggerService {
  /** The underlying logger. */
  readonly pino: Pino;

  constructor({ LOG_LEVEL }: Settings, output: LogOutput) {
    this.pino = pino(
      {
        level: LOG_LEVEL,
        base: null, // no process id and host name: log collectors add their own
        timestamp: formatTime,
        formatters: { level: (level) => ({ level }) },
        serializers: { err: serializeError },
      },
      output,
    );
  }

  log(message: unknown, ...more: unknown[]): void {
    this.#write(FRAMEWORK_CONTEXTS.has(String(more.at(-1))) ? 'debug' : 'info', message, more);
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

  /** `more` as Nest's `Logger` passes it: the context is last, and an error's stack or more messages may precede it. */
  #write(level: Level, message: unknown, more: readonly unknown[]): void {
    if (!this.pino.isLevelEnabled(level)) return;
    const context = more.at(-1);
    const [stack] = more.slice(0, -1);
    this.pino[level]({
      ...(typeof context === 'string' && { context }),
      ...(typeof stack === 'string' && { err: { stack } }),
      ...toFields(message),
    });
  }
}

let second = NaN;
let secondText = '';

/** The time field of a line (ISO 8601). Formats the date once a second; pino's own function takes a third of a line's time. */
function formatTime(): string {
  const now = Date.now();
  const ms = now % 1000;
  if (now - ms !== second) {
    second = now - ms;
    secondText = new Date(second).toISOString().slice(0, -4);
  }
  return `,"time":"${secondText}${String(ms).padStart(3, '0')}Z"`;
}

function toFields(message: unknown): object {
  if (message instanceof Error) return { err: message, msg: message.message };
  if (typeof message !== 'object' || message === null) return { msg: String(message) };
  const { err } = message as { err?: unknown };
  return { ...(err instanceof Error && { msg: err.message }), ...message };
}

/** Omits all other properties: libraries attach whole requests, with their keys, to errors. */
function serializeError({ name, message, stack }: Error): object {
  return { type: name, message, stack };
}
