import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How often it is measured. */
const RESOLUTION_MS = 10;

/** When nobody has looked for so long, nothing is measured: a hundred times a second is a cost for a service at rest. */
const IDLE_MS = 600_000;

/** By how many seconds the event loop was late. */
export interface EventLoopDelays {
  readonly mean: number;
  readonly p99: number;
  readonly max: number;
}

/** Measures how late the event loop is, while somebody looks now and then. */
export class EventLoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #idleTimer: NodeJS.Timeout | undefined;

  /** The delays since the last look; `undefined` for the first look, from which on they are measured. */
  look(): EventLoopDelays | undefined {
    const { count, mean, max } = this.#histogram;
    const delays =
      count === 0
        ? undefined
        : { mean: delayOf(mean), p99: delayOf(this.#histogram.percentile(99)), max: delayOf(max) };
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

/** Node gives the nanoseconds between two measurements. */
function delayOf(intervalNs: number): number {
  return Math.max(0, intervalNs / 1e9 - RESOLUTION_MS / 1000);
}
