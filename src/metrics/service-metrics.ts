import { Injectable } from '@nestjs/common';
import type { SkipReason } from 'docker-stats-client';
import type { Counter, Histogram } from 'prom-client';
import { AuthFailures } from '../auth/limits/auth-failures.js';
import { CommandRunner } from '../command/command-runner.js';
import type { ApiKey } from '../config/api-keys/api-keys.js';
import { VERSION } from '../config/version.js';
import { SOURCE_ERROR_CODES, StatsSourceError } from '../sampling/stats-source.error.js';
import type { StatsSample } from '../sampling/stats-sample.js';
import { type SampleWatcher, StatsSampler } from '../sampling/stats-sampler.js';
import { StatsStreams } from '../stats/stream/stats-streams.js';
import { MetricRegistry } from './metric-registry.js';
import { addProcessMetrics } from './process-metrics.js';

/** How a run of `docker stats` may end; `internal` is a fault of ours. */
const RESULTS = ['success', ...SOURCE_ERROR_CODES, 'internal'];

const SKIP_REASONS: readonly SkipReason[] = [
  'restarting',
  'starting',
  'no_reading',
  'timed_out',
  'malformed',
];

/** In seconds; docker takes about two for a few containers, and has 15 by default. */
const DURATIONS = [1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10, 15, 30];

/** Every metric of the service itself, apart from those of its process. To add one is to add it to the constructor. */
@Injectable()
export class ServiceMetrics implements SampleWatcher {
  /** For every API key. */
  readonly #general = new MetricRegistry();
  /** For API keys without a scope: they tell what the other keys do. */
  readonly #unscoped = new MetricRegistry();
  readonly #samples: Counter<'result'>;
  readonly #durations: Histogram;
  readonly #skipped: Counter<'reason'>;
  readonly #requests: Counter<'route' | 'status' | 'key'>;

  constructor(
    sampler: StatsSampler,
    streams: StatsStreams,
    authFailures: AuthFailures,
    commandRunner: CommandRunner,
  ) {
    this.#general.gauge({
      name: 'docker_stats_api_sample_age_seconds',
      help: 'How old the latest sample is, whether it is served still or not.',
      read: () => sampler.latest && sampler.ageMsOf(sampler.latest) / 1000,
    });
    this.#general.gauge({
      name: 'docker_stats_api_build_info',
      help: 'The versions of the service and of Node.js; the value is always 1.',
      labelNames: ['version', 'node_version'],
      read: () => [{ labels: { version: VERSION, node_version: process.version }, value: 1 }],
    });
    this.#samples = this.#unscoped.counter({
      name: 'docker_stats_api_samples_total',
      help: 'Runs of docker stats by their result: success, or the code of the error.',
      labelNames: ['result'],
      zeros: RESULTS.map((result) => ({ result })),
    });
    this.#durations = this.#unscoped.histogram({
      name: 'docker_stats_api_sample_duration_seconds',
      help: 'How long docker stats took, where it gave figures.',
      buckets: DURATIONS,
    });
    this.#skipped = this.#unscoped.counter({
      name: 'docker_stats_api_skipped_rows_total',
      help: 'Rows of docker stats without figures, by reason.',
      labelNames: ['reason'],
      zeros: SKIP_REASONS.map((reason) => ({ reason })),
    });
    this.#requests = this.#unscoped.counter({
      name: 'docker_stats_api_http_requests_total',
      help: 'Requests that have ended, by route, status and name of the API key.',
      labelNames: ['route', 'status', 'key'],
    });
    this.#unscoped.counter({
      name: 'docker_stats_api_shared_reads_total',
      help: 'Requests that waited for a run of docker stats that was under way when they came.',
      read: () => sampler.sharedReads,
    });
    this.#unscoped.counter({
      name: 'docker_stats_api_processes_killed_total',
      help: 'Docker processes that had to be ended, by reason: deadline, output_limit, or abort by the stop of the service.',
      labelNames: ['reason'],
      read: () =>
        Object.entries(commandRunner.killed).map(([reason, value]) => ({ labels: { reason }, value })),
    });
    this.#unscoped.counter({
      name: 'docker_stats_api_auth_failures_total',
      help: 'Requests without a valid API key or client certificate, on routes that need one.',
      read: () => authFailures.total,
    });
    this.#unscoped.gauge({
      name: 'docker_stats_api_streams_open',
      help: 'Clients that have /stats/stream open.',
      read: () => streams.count,
    });
    addProcessMetrics(this.#unscoped);
    sampler.observe(this);
  }

  /** Counts a run of docker. */
  sampled({ durationMs, skipped }: StatsSample): void {
    this.#samples.inc({ result: 'success' });
    this.#durations.observe(durationMs / 1000);
    for (const reason of SKIP_REASONS) {
      this.#skipped.inc({ reason }, skipped.filter((row) => row.reason === reason).length);
    }
  }

  /** Counts a run of docker that failed. */
  failed(error: unknown): void {
    this.#samples.inc({ result: error instanceof StatsSourceError ? error.code : 'internal' });
  }

  /** Counts a request that has ended. */
  answered(route: string, status: string, key: string): void {
    this.#requests.inc({ route, status, key });
  }

  /** All that an API key may see, in Prometheus' text format. */
  async textFor({ containers: scope }: Pick<ApiKey, 'containers'>): Promise<string> {
    const registries = scope === undefined ? [this.#general, this.#unscoped] : [this.#general];
    return (await Promise.all(registries.map((registry) => registry.text()))).join('');
  }
}
