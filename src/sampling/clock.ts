/** The time source for ages, deadlines and delays. An abstract class, so that it can be its own injection token. */
export abstract class Clock {
  /** Milliseconds on a monotonic clock; only differences are meaningful. */
  abstract now(): number;

  /** Calls `action` once after `delayMs`; the returned function cancels it. */
  abstract after(delayMs: number, action: () => void): () => void;
}

/** Node's monotonic clock and timers. */
export class MonotonicClock extends Clock {
  override now(): number {
    return performance.now();
  }

  override after(delayMs: number, action: () => void): () => void {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  }
}
