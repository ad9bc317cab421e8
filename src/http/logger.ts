import { WriteStream } from 'node:tty';
import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import type { Settings } from '../config/settings.js';

/** From the most severe on: the words of `LOG_LEVEL`, which most loggers use, and Nest's own. */
const LEVELS: readonly (readonly [Settings['LOG_LEVEL'], LogLevel])[] = [
  ['fatal', 'fatal'],
  ['error', 'error'],
  ['warn', 'warn'],
  ['info', 'log'],
  ['debug', 'debug'],
  ['trace', 'verbose'],
];

/** The service's logger: lines of the given level and of the more severe ones; in colour on a terminal. */
export function createLogger(level: Settings['LOG_LEVEL']): ConsoleLogger {
  const printed = LEVELS.slice(0, LEVELS.findIndex(([word]) => word === level) + 1);
  const { stdout } = process;
  const hasColors = stdout instanceof WriteStream && stdout.hasColors();
  return new ConsoleLogger({ logLevels: printed.map(([, name]) => name), colors: hasColors });
}
