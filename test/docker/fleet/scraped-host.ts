import type { ContainerStats, FullStats } from 'docker-stats-client';
import { vi } from 'vitest';
import { ServiceProcess } from '../../support/service/service-process.js';
import { KEY } from '../../support/service/test-app.js';
import { BUSY } from './fleet-service.js';

/** The figures that a service returned from one time to another. Times are milliseconds of the wall clock. */
export interface HeldFigures {
  readonly containers: readonly ContainerStats[];
  /** When they appeared at the earliest. */
  readonly from: number;
  /** When the next ones replaced them at the latest. */
  until: number;
}

/** A service on a host, whose figures change only when a test wants it. */
export class ScrapedHost {
  /** All figures that it ever had. */
  readonly figures: HeldFigures[] = [];
  #service: ServiceProcess | undefined;
  #url = '';
  #isKilled = false;

  constructor(
    readonly name: string,
    private readonly env: Record<string, string>,
  ) {}

  get url(): string {
    return this.#url;
  }

  /** The containers as the service returns them now, with the name of the host as a fleet has it. */
  get containers(): readonly ContainerStats[] {
    return (this.figures.at(-1)?.containers ?? []).map((container) => ({ host: this.name, ...container }));
  }

  async start(): Promise<void> {
    const service = new ServiceProcess({
      API_KEYS: `test:${KEY}`,
      RATE_LIMIT_PER_MINUTE: '1000000',
      STATS_INTERVAL_MS: '3600000',
      STATS_MAX_AGE_MS: '3600000',
      STATS_IDLE_AFTER_MS: '0',
      ...this.env,
    });
    this.#service = service;
    this.#url = await vi.waitFor(() => service.waitForUrl(), BUSY);
    await this.change();
  }

  /** Makes the service ask docker again. */
  async change(): Promise<void> {
    const from = Date.now();
    const headers = { 'X-API-Key': KEY, 'Cache-Control': 'no-cache' };
    if (this.#isKilled) return;
    const response = await fetch(`${this.#url}/stats?view=full`, { headers }).catch(() => undefined);
    if (response?.ok !== true) return; // killed meanwhile
    const { containers } = (await response.json()) as FullStats;
    const previous = this.figures.at(-1);
    if (previous !== undefined) previous.until = Date.now();
    this.figures.push({ containers, from, until: Infinity });
  }

  /** Returns the text of a route. */
  async get(path: string): Promise<string> {
    const response = await fetch(`${this.#url}${path}`, { headers: { 'X-API-Key': KEY } });
    return response.text();
  }

  /** Ends the service. It keeps its last figures. */
  kill(): void {
    this.#isKilled = true;
    this.#service?.kill('SIGKILL');
  }
}
