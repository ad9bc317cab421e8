import type { StatsSample } from '../stats-sample.js';

/** A sample is fresh enough if it is at most `maxAgeMs` old, or if its run ended after `since`, the time of the call. */
export interface Requirement {
  readonly since: number;
  readonly maxAgeMs: number;
}

interface PendingRead {
  readonly requirement: Requirement;
  readonly resolve: (sample: StatsSample) => void;
  readonly reject: (error: unknown) => void;
}

/** The reads that wait for the end of a run. */
export class PendingReads {
  readonly #reads = new Set<PendingRead>();

  get size(): number {
    return this.#reads.size;
  }

  /** Waits for a sample. An aborted signal ends the wait: the promise rejects with the reason of the signal. */
  async wait(requirement: Requirement, signal?: AbortSignal): Promise<StatsSample> {
    let cancel: (() => void) | undefined;
    try {
      return await new Promise<StatsSample>((resolve, reject) => {
        const read = { requirement, resolve, reject };
        this.#reads.add(read);
        cancel = () => {
          this.#reads.delete(read);
          reject(signal?.reason as Error);
        };
        signal?.addEventListener('abort', cancel);
      });
    } finally {
      if (cancel !== undefined) signal?.removeEventListener('abort', cancel);
    }
  }

  /** Passes a sample to the reads for which it is fresh enough; the others began after docker had ended. Returns their number. */
  resolve(sample: StatsSample, isFresh: (requirement: Requirement) => boolean): number {
    const reads = [...this.#reads].filter(({ requirement }) => isFresh(requirement));
    for (const read of reads) {
      this.#reads.delete(read);
      read.resolve(sample);
    }
    return reads.length;
  }

  /** Ends all reads with an error. */
  reject(error: unknown): void {
    const reads = [...this.#reads];
    this.#reads.clear();
    reads.forEach((read) => read.reject(error));
  }
}
