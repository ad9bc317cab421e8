import type { ContainerStats } from 'docker-stats-client';
import { DockerEngine } from '../../support/engines/docker-engine.js';
import { startBusy, startHolder } from '../../support/engines/known-load.js';
import { ScrapedHost } from './scraped-host.js';

/** One service with a real engine and two with simulated containers, which have the same names and ids. */
export class RealFleet {
  readonly #engine = new DockerEngine();
  readonly real = new ScrapedHost('db 1', { DOCKER_HOST: this.#engine.host });
  readonly web1 = new ScrapedHost('web1', { DEMO: 'true' });
  readonly web2 = new ScrapedHost('web2', { DEMO: 'true' });
  /** Sorted by name. */
  readonly hosts: readonly ScrapedHost[] = [this.real, this.web1, this.web2];

  /** All containers as the services return them, in the order of a fleet. */
  get containers(): readonly ContainerStats[] {
    return this.hosts.flatMap(({ containers }) => containers);
  }

  async start(): Promise<void> {
    await this.#engine.start();
    const labels = ['--label', 'com.docker.compose.project=my "shop" \\ 🐳'];
    await Promise.all([startBusy(this.#engine), startHolder(this.#engine, '--memory', '64m', ...labels)]);
    await Promise.all(this.hosts.map((host) => host.start()));
  }

  /** Makes all services ask docker again. */
  async change(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.change()));
  }

  async destroy(): Promise<void> {
    this.hosts.forEach((host) => host.kill());
    await this.#engine.destroy();
  }
}
