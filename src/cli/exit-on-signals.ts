import { STOP_SIGNALS } from '../http/server/stop-signals.js';

/**
 * Exits with 0 on a signal, until the service itself handles signals. Without a listener, the kernel would ignore signals to
 * process 1 of a container.
 */
export function exitOnSignals(): void {
  for (const signal of STOP_SIGNALS) process.on(signal, exit);
}

/** Ends `exitOnSignals`. */
export function stopExitingOnSignals(): void {
  for (const signal of STOP_SIGNALS) process.off(signal, exit);
}

function exit(): never {
  process.exit(0);
}
