import { Injectable } from '@nestjs/common';
import type { Counter } from 'prom-client';
import { AuthFailures } from '../../auth/limits/auth-failures.js';
import { CommandRunner } from '../../command/command-runner.js';
import { hasScope, type KeyScope } from '../../config/api-keys/api-keys.js';
import { VERSION } from '../../config/version.js';
import { HostHistories } from '../../history/store/host-histories.js';
import { Clock } from '../../sampling/clock.js';
import { Hosts } from '../../sampling/hosts/hosts.js';
import { StatsStreamService } from '../../stats/stream/stats-stream.service.js';
import { MetricRegistry } from '../prometheus/metric-registry.js';
import { addProcessMetrics } from './process-metrics.js';
import { addSampleAge, addSamplingMetrics } from './sampling-metrics.js';

/** The metrics of the service. Add new ones in the constructor. */
@Injectable()
export class ServiceMetrics {
  /** Visible to every API key. */
  readonly #general = new MetricRegistry();
  /** Visible only to API keys without a scope: these metrics show what other keys do. */
  readonly #unscoped = new MetricRegistry();
  readonly #requests: Counter<'route' | 'status' | 'key'>;

  constructor(
    hosts: Hosts,
    streams: StatsStreamService,
    authFailures: AuthFailures,
    commandRunner: CommandRunner,
    histories: HostHistories,
    clock: Clock,
  ) {
    // With several hosts, the names of all of them are in the labels.
    addSampleAge(hosts.areNamed ? this.#unscoped : this.#general, hosts.all, clock);
    this.#general.gauge({
      name: 'docker_stats_api_build_info',
      help: 'Versions of the service and of Node.js; the value is always 1.',
      labelNames: ['version', 'node_version'],
      read: () => [{ labels: { version: VERSION, node_version: process.version }, value: 1 }],
    });
    addSamplingMetrics(this.#unscoped, hosts);
    this.#requests = this.#unscoped.counter({
      name: 'docker_stats_api_http_requests_total',
      help: 'Completed and aborted requests by route, status and name of the API key.',
      labelNames: ['route', 'status', 'key'],
    });
    this.#unscoped.counter({
      name: 'docker_stats_api_processes_killed_total',
      help: 'Docker processes that the service killed, by reason: deadline, output_limit, or abort (shutdown).',
      labelNames: ['reason'],
      read: () =>
        Object.entries(commandRunner.killed).map(([reason, value]) => ({ labels: { reason }, value })),
    });
    this.#unscoped.counter({
      name: 'docker_stats_api_auth_failures_total',
      help: 'Requests without a valid API key or client certificate, on routes that require one.',
      read: () => authFailures.total,
    });
    this.#unscoped.gauge({
      name: 'docker_stats_api_streams_open',
      help: 'Open connections to /stats/stream.',
      read: () => streams.count,
    });
    this.#unscoped.gauge({
      name: 'docker_stats_api_history_samples',
      help: 'Samples that are kept for /stats/history.',
      read: () => histories.size,
    });
    this.#unscoped.gauge({
      name: 'docker_stats_api_history_bytes',
      help: 'Memory of the kept samples in bytes.',
      read: () => histories.bytes,
    });
    addProcessMetrics(this.#unscoped);
  }

  /** Counts a finished request. */
  countRequest(route: string, status: string, key: string): void {
    this.#requests.inc({ route, status, key });
  }

  /** Formats the metrics that an API key may see. */
  async formatText(key: KeyScope): Promise<string> {
    const registries = hasScope(key) ? [this.#general] : [this.#general, this.#unscoped];
    return (await Promise.all(registries.map((registry) => registry.formatText()))).join('');
  }
}
