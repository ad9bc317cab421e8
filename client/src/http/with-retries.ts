import { checkTime } from '../stats-client-options.js';
import { getRetryDelayMs } from './retry-delay.js';
import { pause, Timeout } from './timeout.js';

export const DEFAULT_TIMEOUT_MS = 20_000;
export const DEFAULT_MAX_RETRIES = 2;

/** The limits of one call. */
interface CallLimits {
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
  readonly maxRetries: number;
}

/** Retries until the deadline. All requests are GET, so they can be repeated safely. */
export async function withRetries<T>(
  { signal, timeoutMs, maxRetries }: CallLimits,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + checkTime('timeoutMs', timeoutMs);
  const timeout = new Timeout(timeoutMs, signal);
  try {
    for (let failures = 0; ; failures++) {
      /* oxlint-disable no-await-in-loop */
      try {
        return await work(timeout.signal);
      } catch (error) {
        const delayMs = failures < maxRetries ? getRetryDelayMs(error, failures) : undefined;
        if (delayMs === undefined || performance.now() + delayMs >= deadline) throw error;
        await pause(delayMs, timeout.signal);
      }
      /* oxlint-enable no-await-in-loop */
    }
  } finally {
    timeout.end();
  }
}
