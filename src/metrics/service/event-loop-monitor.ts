import { monitorEventLoopDelay } from 'node:perf_hooks';

/** The sampling interval of the histogram. */
const RESOLUTION_MS = 10;

/** Measuring stops after this time without a read: an idle service should not wake up a hundred times a second. */
const IDLE_MS = 600_000;

/** Event loop delays in seconds. */
export interface EventLoopDelays {
  readonly mean: number;
  readonly p99: number;
  readonly max: number;
}

/** Measures the event loop delay while it is read regularly. */
export class EventLoopMonitor {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #idleTimer: NodeJS.Timeout | undefined;

  /** Returns the delays since the last call. The first call starts the measurement and returns `undefined`. */
  readDelays(): EventLoopDelays | undefined {
    const { count, mean, max } = this.#histogram;
    const delays =
      count === 0
        ? undefined
        : {
            mean: toDelaySeconds(mean),
            p99: toDelaySeconds(this.#histogram.percentile(99)),
            max: toDelaySeconds(max),
          };
    this.#histogram.reset();
    this.#histogram.enable();
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => this.#stop(), IDLE_MS).unref();
    return delays;
  }

  #stop(): void {
    this.#histogram.disable();
    this.#histogram.reset();
  }
}

/** Node reports the nanoseconds between two timer events, which includes the interval itself. */
function toDelaySeconds(intervalNs: number): number {
  return Math.max(0, intervalNs / 1e9 - RESOLUTION_MS / 1000);
}
