import { onTestFinished } from 'vitest';
import type { ContainerStats } from 'docker-stats-client';
import { HostHistories } from '../../../src/history/store/host-histories.js';
import { Hosts } from '../../../src/sampling/hosts/hosts.js';
import { createSample } from '../../support/history/history-samples.js';
import { findFreePort } from '../../support/http/free-port.js';
import { bootApp, KEY, type TestApp } from '../../support/service/test-app.js';
import { SimulatedDocker } from './simulated-docker.js';

/** Samples follow each other quickly, so that tests do not wait. They are taken for requests and streams only. */
const FAST_SAMPLES = { STATS_INTERVAL_MS: '200', STATS_IDLE_AFTER_MS: '0' };

/** The real service over a simulated docker, for one test. */
export class TestService {
  readonly docker = new SimulatedDocker();
  #running: TestApp<SimulatedDocker> | undefined;

  private constructor(
    private readonly port: number,
    private readonly env: Record<string, string>,
  ) {}

  /** Starts a service. It is stopped at the end of the test. */
  static async start(env: Record<string, string> = {}): Promise<TestService> {
    const service = new TestService(await findFreePort(), { ...FAST_SAMPLES, ...env });
    onTestFinished(() => service.stop());
    await service.start();
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts the service again, at the same address. Its history is empty then. */
  async start(): Promise<void> {
    this.#running = await bootApp(this.env, { runner: this.docker, port: this.port });
  }

  async stop(): Promise<void> {
    await this.#running?.app.close();
    this.#running = undefined;
  }

  /** Closes all connections, as a proxy does that restarts. The service goes on. */
  cutConnections(): void {
    this.#app.app.getHttpServer().closeAllConnections();
  }

  /** Adds samples to the history of a host, oldest first: for each, how long ago it was taken, and its containers. */
  async addHistory(
    samples: readonly (readonly [agoMs: number, ContainerStats[]])[],
    hostName = '',
  ): Promise<void> {
    const { app } = this.#app;
    const host = app.get(Hosts).all.find(({ name }) => name === hostName);
    if (host === undefined) throw new Error('The service has no such host');
    const history = app.get(HostHistories).get(host);
    const now = Date.now();
    for (const [agoMs, containers] of samples) history.add(createSample(now - agoMs, containers));
    await history.settle();
  }

  /** Returns a metric of the service, such as `docker_stats_api_streams_open`. */
  async readMetric(name: string): Promise<number> {
    const { text } = await this.#app.client.get('/metrics').set('X-API-Key', KEY);
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  }

  get #app(): TestApp<SimulatedDocker> {
    if (this.#running === undefined) throw new Error('The service is stopped');
    return this.#running;
  }
}
