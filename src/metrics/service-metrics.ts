import { Injectable } from '@nestjs/common';
import { Counter, Histogram, Registry } from 'prom-client';
import type { DockerErrorCode, SkipReason } from 'docker-stats-client';
import { AuthFailures } from '../auth/limits/auth-failures.js';
import { CommandRunner } from '../command/command-runner.js';
import { StatsSourceError } from '../sampling/stats-source.error.js';
import type { StatsSample } from '../sampling/stats-sample.js';
import { type SampleWatcher, StatsSampler } from '../sampling/stats-sampler.js';
import { StatsStreams } from '../stats/stream/stats-streams.js';
import { processMetrics } from './process-metrics.js';
import { counterOf, gaugeOf } from './read-at-scrape.js';

/** How a run of `docker stats` may end; `internal` is a fault of ours. */
const RESULTS: readonly ('success' | 'internal' | DockerErrorCode)[] = [
  'success',
  'docker_not_found',
  'docker_unreachable',
  'docker_timeout',
  'docker_unsupported',
  'docker_failed',
  'internal',
];

const SKIP_REASONS: readonly SkipReason[] = [
  'restarting',
  'starting',
  'no_reading',
  'timed_out',
  'malformed',
];

/** In seconds; docker takes about two for a few containers, and has 15 by default. */
const DURATIONS = [1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10, 15, 30];

/** The figures of the service itself. They begin at 0, so that the first failure is seen as a rise. */
@Injectable()
export class ServiceMetrics implements SampleWatcher {
  /** Its own: a process may have several services, in tests. */
  readonly #registry = new Registry();
  readonly #samples = new Counter({
    name: 'docker_stats_api_samples_total',
    help: 'Runs of docker stats by their result: success, or the code of the error.',
    labelNames: ['result'],
    registers: [this.#registry],
  });
  readonly #durations = new Histogram({
    name: 'docker_stats_api_sample_duration_seconds',
    help: 'How long docker stats took, where it gave figures.',
    buckets: DURATIONS,
    registers: [this.#registry],
  });
  readonly #skipped = new Counter({
    name: 'docker_stats_api_skipped_rows_total',
    help: 'Rows of docker stats without figures, by reason.',
    labelNames: ['reason'],
    registers: [this.#registry],
  });
  readonly #requests = new Counter({
    name: 'docker_stats_api_http_requests_total',
    help: 'Requests that have ended, by route, status and name of the API key.',
    labelNames: ['route', 'status', 'key'],
    registers: [this.#registry],
  });

  constructor(
    sampler: StatsSampler,
    streams: StatsStreams,
    authFailures: AuthFailures,
    commandRunner: CommandRunner,
  ) {
    RESULTS.forEach((result) => this.#samples.inc({ result }, 0));
    SKIP_REASONS.forEach((reason) => this.#skipped.inc({ reason }, 0));
    sampler.observe(this);
    const killed = new Counter({
      name: 'docker_stats_api_processes_killed_total',
      help: 'Docker processes that had to be ended, by reason: deadline, output_limit, or abort by the stop of the service.',
      labelNames: ['reason'],
      registers: [],
      collect() {
        this.reset();
        for (const [reason, count] of Object.entries(commandRunner.killed)) this.inc({ reason }, count);
      },
    });
    const readAtScrape = [
      counterOf(
        'docker_stats_api_shared_reads_total',
        'Requests that waited for a run of docker stats that was under way when they came.',
        () => sampler.sharedReads,
      ),
      killed,
      counterOf(
        'docker_stats_api_auth_failures_total',
        'Requests without a valid API key or client certificate, on routes that need one.',
        () => authFailures.total,
      ),
      gaugeOf('docker_stats_api_streams_open', 'Clients that have /stats/stream open.', () => streams.count),
      ...processMetrics(),
    ];
    readAtScrape.forEach((metric) => this.#registry.registerMetric(metric));
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

  /** All of them in Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
