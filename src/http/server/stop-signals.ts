/** Includes SIGHUP of a closed terminal: docker processes have their own process groups and would outlive the service. */
export const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const;

/** A signal that stops the service. */
export type StopSignal = (typeof STOP_SIGNALS)[number];
