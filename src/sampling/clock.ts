/** Time for ages, deadlines and pauses. An abstract class, so that it is its own injection token. */
export abstract class Clock {
  /** Milliseconds on a clock that never jumps; only differences mean something. */
  abstract now(): number;

  /** Calls `action` once, `delayMs` from now; the returned function prevents it. */
  abstract after(delayMs: number, action: () => void): () => void;
}

/** The monotonic clock and the timers of Node. */
export class MonotonicClock extends Clock {
  override now(): number {
    return performance.now();
  }

  override after(delayMs: number, action: () => void): () => void {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  }
}
