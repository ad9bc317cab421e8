import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { constants } from 'node:os';
import { type INestApplication, Logger } from '@nestjs/common';
import { InFlightRequests } from '../requests/in-flight-requests.js';
import { logTextOf } from '../../sampling/log-text.js';

/** A closed terminal is a SIGHUP: docker's processes, in groups of their own, would outlive us. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const;

/** The same signal again, this soon, is the first one still: npm passes on what the terminal sent us already. */
const ECHO_MS = 500;

/**
 * Stops the service on a signal: accepts nothing new, finishes what is running, ends child processes, exits with 0.
 * What takes longer than `timeoutMs` is cut off. A second signal ends the process at once.
 */
export function stopOnSignals(app: INestApplication<Server>, timeoutMs: number): void {
  const logger = new Logger('Shutdown');
  let first: { readonly signal: string; readonly at: number } | undefined;

  const stop = (signal: (typeof SIGNALS)[number]): void => {
    if (first !== undefined) {
      const isEcho = signal === first.signal && performance.now() - first.at < ECHO_MS;
      if (!isEcho) process.exit(128 + constants.signals[signal]);
      return;
    }
    first = { signal, at: performance.now() };
    logger.log(`${signal}: finishing what is running, for ${timeoutMs} ms at most; once more to end at once`);
    setTimeout(() => {
      logger.warn(`Not finished after ${timeoutMs} ms: cutting off what is left`);
      process.exit(0);
    }, timeoutMs);
    const server = app.getHttpServer();
    server.on('connection', (socket: Socket) => socket.destroy()); // until Nest closes the server, in a moment
    app.get(InFlightRequests).drain(() => server.closeAllConnections());
    void app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error(logTextOf(error));
        process.exit(1);
      },
    );
  };
  for (const signal of SIGNALS) process.on(signal, stop);
}
