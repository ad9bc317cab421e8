import { Injectable } from '@nestjs/common';
import type { SkipReason } from 'docker-stats-client';
import type { Counter, Histogram } from 'prom-client';
import { AuthFailures } from '../../auth/limits/auth-failures.js';
import { CommandRunner } from '../../command/command-runner.js';
import { hasScope, type KeyScope } from '../../config/api-keys/api-keys.js';
import { VERSION } from '../../config/version.js';
import { SampleHistory } from '../../history/store/sample-history.js';
import { RUN_REASONS, type RunReason, SamplingPace } from '../../sampling/pace/sampling-pace.js';
import { SOURCE_ERROR_CODES, StatsSourceError } from '../../sampling/stats-source.error.js';
import type { StatsSample } from '../../sampling/stats-sample.js';
import type { RunObserver } from '../../sampling/sampler/run-observers.js';
import { StatsSampler } from '../../sampling/sampler/stats-sampler.js';
import { StatsStreamService } from '../../stats/stream/stats-stream.service.js';
import { MetricRegistry } from '../prometheus/metric-registry.js';
import { addProcessMetrics } from './process-metrics.js';

/** The results of a `docker stats` run; `internal` is a bug in the service. */
const RESULTS = ['success', ...SOURCE_ERROR_CODES, 'internal'];

const SKIP_REASONS: readonly SkipReason[] = [
  'restarting',
  'starting',
  'no_reading',
  'timed_out',
  'malformed',
];

/** In seconds. Docker takes about 2 s for a few containers; its default deadline is 15 s. */
const DURATION_BUCKETS = [1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10, 15, 30];

/** In seconds. By default, a sample is served for 5 s. */
const LEAD_BUCKETS = [0.25, 0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 10];

/** The metrics of the service. Add new ones in the constructor. */
@Injectable()
export class ServiceMetrics implements RunObserver {
  /** Visible to every API key. */
  readonly #general = new MetricRegistry();
  /** Visible only to API keys without a scope: these metrics show what other keys do. */
  readonly #unscoped = new MetricRegistry();
  readonly #samples: Counter<'result'>;
  readonly #durations: Histogram;
  readonly #starts: Counter<'reason'>;
  readonly #leads: Histogram;
  readonly #unused: Counter;
  readonly #skipped: Counter<'reason'>;
  readonly #requests: Counter<'route' | 'status' | 'key'>;

  constructor(
    sampler: StatsSampler,
    pace: SamplingPace,
    streams: StatsStreamService,
    authFailures: AuthFailures,
    commandRunner: CommandRunner,
    history: SampleHistory,
  ) {
    this.#general.gauge({
      name: 'docker_stats_api_sample_age_seconds',
      help: 'Age of the latest sample in seconds, even if it is too old to be served.',
      read: () => sampler.latestSample && sampler.getAgeMs(sampler.latestSample) / 1000,
    });
    this.#general.gauge({
      name: 'docker_stats_api_build_info',
      help: 'Versions of the service and of Node.js; the value is always 1.',
      labelNames: ['version', 'node_version'],
      read: () => [{ labels: { version: VERSION, node_version: process.version }, value: 1 }],
    });
    this.#samples = this.#unscoped.counter({
      name: 'docker_stats_api_samples_total',
      help: 'Runs of docker stats by result: success, or the error code.',
      labelNames: ['result'],
      zeros: RESULTS.map((result) => ({ result })),
    });
    this.#durations = this.#unscoped.histogram({
      name: 'docker_stats_api_sample_duration_seconds',
      help: 'Duration of successful docker stats runs in seconds.',
      buckets: DURATION_BUCKETS,
    });
    this.#starts = this.#unscoped.counter({
      name: 'docker_stats_api_sample_starts_total',
      help: 'Started runs of docker stats by reason: request (a client waits), planned (a client is expected), or continuous (streams and fast clients).',
      labelNames: ['reason'],
      zeros: RUN_REASONS.map((reason) => ({ reason })),
    });
    this.#leads = this.#unscoped.histogram({
      name: 'docker_stats_api_planned_sample_lead_seconds',
      help: 'Age of a planned sample when it is used for the first time, in seconds.',
      buckets: LEAD_BUCKETS,
    });
    this.#unused = this.#unscoped.counter({
      name: 'docker_stats_api_planned_samples_unused_total',
      help: 'Planned samples that no client used before the next sample.',
    });
    this.#unscoped.gauge({
      name: 'docker_stats_api_polling_clients',
      help: 'Clients that poll at a period that the service knows, so that it can plan samples for them.',
      read: () => pace.countPollingClients(),
    });
    this.#skipped = this.#unscoped.counter({
      name: 'docker_stats_api_skipped_rows_total',
      help: 'Skipped rows of docker stats by reason.',
      labelNames: ['reason'],
      zeros: SKIP_REASONS.map((reason) => ({ reason })),
    });
    this.#requests = this.#unscoped.counter({
      name: 'docker_stats_api_http_requests_total',
      help: 'Completed and aborted requests by route, status and name of the API key.',
      labelNames: ['route', 'status', 'key'],
    });
    this.#unscoped.counter({
      name: 'docker_stats_api_shared_reads_total',
      help: 'Requests that waited for a docker stats run that was already in progress.',
      read: () => sampler.sharedReads,
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
      read: () => history.size,
    });
    this.#unscoped.gauge({
      name: 'docker_stats_api_history_bytes',
      help: 'Memory of the kept samples in bytes.',
      read: () => history.bytes,
    });
    addProcessMetrics(this.#unscoped);
    sampler.observe(this);
  }

  /** Counts a run that starts. */
  onStart(reason: RunReason): void {
    this.#starts.inc({ reason });
  }

  /** Notes how long before its use a planned sample was ready. */
  onPlannedSampleUsed(ageMs: number): void {
    this.#leads.observe(ageMs / 1000);
  }

  /** Counts a planned sample that was not used. */
  onPlannedSampleUnused(): void {
    this.#unused.inc();
  }

  /** Counts a successful run. */
  onSample({ durationMs, skipped }: StatsSample): void {
    this.#samples.inc({ result: 'success' });
    this.#durations.observe(durationMs / 1000);
    for (const reason of SKIP_REASONS) {
      this.#skipped.inc({ reason }, skipped.filter((row) => row.reason === reason).length);
    }
  }

  /** Counts a failed run. */
  onFailure(error: unknown): void {
    this.#samples.inc({ result: error instanceof StatsSourceError ? error.code : 'internal' });
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
