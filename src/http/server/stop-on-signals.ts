import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { constants } from 'node:os';
import { type INestApplication, Logger } from '@nestjs/common';
import { RequestTracker } from '../requests/request-tracker.js';
import { toLogMessage } from '../../sampling/log-message.js';
import { STOP_SIGNALS, type StopSignal } from './stop-signals.js';

/** The same signal within this time is a duplicate: npm forwards a signal that the terminal has already sent to the service. */
const DUPLICATE_MS = 500;

/**
 * Shuts the service down on a signal: refuses new connections, completes running requests, ends child processes, exits with 0.
 * After `timeoutMs` it exits without waiting. A second signal exits at once.
 */
export function stopOnSignals(app: INestApplication<Server>, timeoutMs: number): void {
  const logger = new Logger('Shutdown');
  let first: { readonly signal: string; readonly at: number } | undefined;

  const stop = (signal: StopSignal): void => {
    if (first !== undefined) {
      const isDuplicate = signal === first.signal && performance.now() - first.at < DUPLICATE_MS;
      if (!isDuplicate) process.exit(128 + constants.signals[signal]);
      return;
    }
    first = { signal, at: performance.now() };
    logger.log(
      `${signal}: shutting down; running requests have ${timeoutMs} ms to finish. Send the signal again to exit at once`,
    );
    setTimeout(() => {
      logger.warn(`Shutdown not finished after ${timeoutMs} ms (SHUTDOWN_TIMEOUT_MS): exiting now`);
      process.exit(0);
    }, timeoutMs);
    const server = app.getHttpServer();
    server.on('connection', (socket: Socket) => socket.destroy()); // until Nest closes the server, shortly after
    app.get(RequestTracker).drain(() => server.closeAllConnections());
    void app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error(toLogMessage(error));
        process.exit(1);
      },
    );
  };
  for (const signal of STOP_SIGNALS) process.on(signal, stop);
}
