import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { Worker } from 'node:worker_threads';

const PROGRAM = new URL('steady-load.mjs', import.meta.url);

/** What came of one request; times of the wall clock, in milliseconds. */
export interface Answer {
  readonly path: string;
  readonly sentAt: number;
  readonly receivedAt: number;
  /** 0 when there was no whole answer; the text then says why. */
  readonly status: number;
  readonly text: string;
  readonly headers: IncomingHttpHeaders;
}

/** Asks a service for its figures at a steady rate, both views, however long the answers take. */
export class SteadyLoad {
  readonly #worker: Worker;

  constructor(url: string, key: string, rate: number) {
    this.#worker = new Worker(PROGRAM, { workerData: { url, key, rate } });
  }

  /** Asks no more, waits for what is still to come, closes all connections, and gives every answer in order of arrival. */
  async end(): Promise<Answer[]> {
    this.#worker.postMessage('end'); // oxlint-disable-line unicorn/require-post-message-target-origin -- a thread has none
    const [answers] = (await once(this.#worker, 'message')) as [Answer[]];
    await this.stop();
    return answers;
  }

  /** Ends it in any case. */
  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
