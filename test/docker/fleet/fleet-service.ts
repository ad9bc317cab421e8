import { vi } from 'vitest';
import { ServiceProcess } from '../../support/service/service-process.js';
import { KEY } from '../../support/service/test-app.js';

/** How long a service may take to start on a busy machine. */
export const BUSY = { timeout: 45_000 };

/** The oldest figures that the fleet may serve, in milliseconds. */
export const MAX_AGE_MS = 10_000;

/** The instance of the service that serves the hosts of a storage. */
export class FleetService {
  readonly #service: ServiceProcess;
  #url = '';

  constructor(storageUrl: string) {
    this.#service = new ServiceProcess({
      STATS_SOURCE: 'prometheus',
      PROMETHEUS_URL: storageUrl,
      PROMETHEUS_TIMEOUT_MS: '2000',
      STATS_MAX_AGE_MS: String(MAX_AGE_MS),
      STATS_INTERVAL_MS: '1000',
      API_KEYS: `test:${KEY}`,
      RATE_LIMIT_PER_MINUTE: '1000000',
    });
  }

  get url(): string {
    return this.#url;
  }

  /** Everything that the service printed. */
  get output(): string {
    return this.#service.output;
  }

  async start(): Promise<void> {
    this.#url = await vi.waitFor(() => this.#service.waitForUrl(), BUSY);
  }

  /** Calls a route; the figures are the newest of the storage. */
  fetch(path: string): Promise<Response> {
    return fetch(this.#url + path, { headers: { 'X-API-Key': KEY, 'Cache-Control': 'no-cache' } });
  }

  /** Returns the text of a successful response. */
  async getText(path: string): Promise<string> {
    const response = await this.fetch(path);
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return text;
  }

  async getJson<T>(path: string): Promise<T> {
    return JSON.parse(await this.getText(path)) as T;
  }

  kill(): void {
    this.#service.kill('SIGKILL');
  }
}
