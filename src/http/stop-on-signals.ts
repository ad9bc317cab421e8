import type { Server } from 'node:http';
import { constants } from 'node:os';
import { type INestApplication, Logger } from '@nestjs/common';

/** A second signal this soon after the first is the same one: npm passes on what the terminal sent us already. */
const SAME_SIGNAL_MS = 500;

/** How often connections that have become idle are closed during a stop. */
const IDLE_SWEEP_MS = 50;

/**
 * Stops the service on SIGTERM and SIGINT: accepts nothing new, finishes what is running, ends child processes,
 * exits with 0. What takes longer than `timeoutMs` is cut off. A second signal ends the process at once.
 */
export function stopOnSignals(app: INestApplication<Server>, timeoutMs: number): void {
  const logger = new Logger('Shutdown');
  let stoppingSince: number | undefined;

  const stop = (signal: 'SIGTERM' | 'SIGINT'): void => {
    if (stoppingSince !== undefined) {
      if (performance.now() - stoppingSince > SAME_SIGNAL_MS) process.exit(128 + constants.signals[signal]);
      return;
    }
    stoppingSince = performance.now();
    logger.log(`${signal}: finishing what is running, for ${timeoutMs} ms at most; once more to end at once`);
    setInterval(() => app.getHttpServer().closeIdleConnections(), IDLE_SWEEP_MS);
    setTimeout(() => {
      logger.warn(`Not finished after ${timeoutMs} ms: cutting off what is left`);
      process.exit(0);
    }, timeoutMs);
    void app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error(error instanceof Error ? error.stack : error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
