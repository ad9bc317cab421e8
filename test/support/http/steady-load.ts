import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { Worker } from 'node:worker_threads';

const PROGRAM = new URL('steady-load.mjs', import.meta.url);

/** The response to one request. Times are milliseconds of the wall clock. */
export interface TimedResponse {
  readonly path: string;
  readonly sentAt: number;
  readonly receivedAt: number;
  /** 0 if no complete response came; `body` is the error message then. */
  readonly status: number;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

/** Sends `GET /stats`, in both views, at a steady rate. Does not wait for responses before it sends the next request. */
export class SteadyLoad {
  readonly #worker: Worker;

  /** @param rate requests per second */
  constructor(url: string, key: string, rate: number) {
    this.#worker = new Worker(PROGRAM, { workerData: { url, key, rate } });
  }

  /** Stops sending, waits for the outstanding responses, and returns all of them in order of arrival. */
  async finish(): Promise<TimedResponse[]> {
    this.#worker.postMessage('finish'); // oxlint-disable-line unicorn/require-post-message-target-origin -- a thread has none
    const [responses] = (await once(this.#worker, 'message')) as [TimedResponse[]];
    await this.terminate();
    return responses;
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }
}
