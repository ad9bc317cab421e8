import { setTimeout as delay } from 'node:timers/promises';
import { vi } from 'vitest';
import { httpGet } from '../http-get.js';

/** How long the service must fail before the scenario goes on. */
const FAILING_MS = 2000;

interface StatsResponse {
  readonly status: number;
  /** Milliseconds of the wall clock; `NaN` for an error. */
  readonly sampledAt: number;
  readonly body: string;
}

/** Polls `GET /stats` until the service is in some state. */
export class StatsPoller {
  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  /** Whether the service returns a sample that docker took after this time. */
  async hasSampleSince(time: number): Promise<boolean> {
    const { status, sampledAt } = await this.#get();
    return status === 200 && sampledAt > time;
  }

  async waitForSampleSince(time: number): Promise<void> {
    await waitUntil(() => this.hasSampleSince(time));
  }

  /** Waits until the service has returned an error with this text for a while. */
  async waitForError(text: RegExp): Promise<void> {
    await waitUntil(async () => text.test((await this.#get()).body));
    await delay(FAILING_MS);
  }

  async #get(): Promise<StatsResponse> {
    const { status, headers, body } = await httpGet(`${this.url}/stats`, { 'X-API-Key': this.key });
    return { status, sampledAt: Date.parse(String(headers['x-sampled-at'])), body: String(body) };
  }
}

/** Waits at most half a minute, and does not throw: the report of the load shows what never came. */
async function waitUntil(isTrue: () => Promise<boolean>): Promise<void> {
  await vi.waitUntil(isTrue, { timeout: 30_000, interval: 100 }).catch(() => undefined);
}
