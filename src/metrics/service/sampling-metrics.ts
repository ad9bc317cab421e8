import type { Host } from '../../sampling/hosts/host.js';
import type { Hosts } from '../../sampling/hosts/hosts.js';
import { RUN_REASONS } from '../../sampling/pace/sampling-pace.js';
import type { RunObserver } from '../../sampling/sampler/run-observers.js';
import { getAgeMs, SKIP_REASONS } from '../../sampling/stats-sample.js';
import { SOURCE_ERROR_CODES, StatsSourceError } from '../../sampling/stats-source.error.js';
import type { Clock } from '../../sampling/clock.js';
import type { MetricRegistry } from '../prometheus/metric-registry.js';

/** Returns the results of a run; `internal` is a bug in the service. */
function listResults({ source }: Host): string[] {
  return ['success', ...SOURCE_ERROR_CODES.filter((code) => code.startsWith(source.system)), 'internal'];
}

/** In seconds. Docker takes about 2 s for a few containers; its default deadline is 15 s. */
const DURATION_BUCKETS = [1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10, 15, 30];

/** In seconds. By default, a sample is served for 5 s. */
const LEAD_BUCKETS = [0.25, 0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 10];

/** The label of a host. A single host without `DOCKER_HOSTS` has none. */
type HostLabels = { readonly host?: string };

/** Adds the age of the latest sample of each host. */
export function addSampleAge(registry: MetricRegistry, hosts: readonly Host[], clock: Clock): void {
  registry.gauge({
    name: 'docker_stats_api_sample_age_seconds',
    help: 'Age of the latest sample in seconds, even if it is too old to be served.',
    labelNames: ['host'],
    read: () =>
      hosts.flatMap((host) => {
        const { latestSample } = host.sampler;
        if (latestSample === undefined) return [];
        return { labels: toLabels(host), value: getAgeMs(latestSample, clock) / 1000 };
      }),
  });
}

/** Adds the metrics of the runs of `docker stats`. */
export function addSamplingMetrics(registry: MetricRegistry, hosts: Hosts): void {
  const labels = hosts.all.map(toLabels);
  const samples = registry.counter({
    name: 'docker_stats_api_samples_total',
    help: 'Runs of docker stats by result: success, or the error code.',
    labelNames: ['host', 'result'],
    zeros: hosts.all.flatMap((host) => listResults(host).map((result) => ({ ...toLabels(host), result }))),
  });
  const durations = registry.histogram({
    name: 'docker_stats_api_sample_duration_seconds',
    help: 'Duration of successful docker stats runs in seconds.',
    labelNames: ['host'],
    buckets: DURATION_BUCKETS,
  });
  const starts = registry.counter({
    name: 'docker_stats_api_sample_starts_total',
    help: 'Started runs of docker stats by reason: request (a client waits), planned (a client is expected), or continuous (streams and fast clients).',
    labelNames: ['host', 'reason'],
    zeros: labels.flatMap((host) => RUN_REASONS.map((reason) => ({ ...host, reason }))),
  });
  const leads = registry.histogram({
    name: 'docker_stats_api_planned_sample_lead_seconds',
    help: 'Age of a planned sample when it is used for the first time, in seconds.',
    labelNames: ['host'],
    buckets: LEAD_BUCKETS,
  });
  const unused = registry.counter({
    name: 'docker_stats_api_planned_samples_unused_total',
    help: 'Planned samples that no client used before the next sample.',
    labelNames: ['host'],
    zeros: labels,
  });
  const skippedRows = registry.counter({
    name: 'docker_stats_api_skipped_rows_total',
    help: 'Skipped rows of docker stats by reason.',
    labelNames: ['host', 'reason'],
    zeros: labels.flatMap((host) => SKIP_REASONS.map((reason) => ({ ...host, reason }))),
  });
  registry.gauge({
    name: 'docker_stats_api_polling_clients',
    help: 'Clients that poll at a period that the service knows, so that it can plan samples for them.',
    labelNames: ['host'],
    read: () => hosts.all.map((host) => ({ labels: toLabels(host), value: hosts.countPollingClients(host) })),
  });
  const sharedReads = registry.counter({
    name: 'docker_stats_api_shared_reads_total',
    help: 'Requests that waited for a docker stats run that was already in progress.',
    labelNames: ['host'],
    zeros: labels,
  });
  for (const host of hosts.all) {
    const hostLabels = toLabels(host);
    const observer: RunObserver = {
      onStart: (reason) => starts.inc({ ...hostLabels, reason }),
      onSharedRead: () => sharedReads.inc(hostLabels),
      onSample: ({ durationMs, skipped }) => {
        samples.inc({ ...hostLabels, result: 'success' });
        durations.observe(hostLabels, durationMs / 1000);
        for (const reason of SKIP_REASONS) {
          const count = skipped.filter((row) => row.reason === reason).length;
          skippedRows.inc({ ...hostLabels, reason }, count);
        }
      },
      onFailure: (error) => {
        const result = error instanceof StatsSourceError ? error.code : 'internal';
        samples.inc({ ...hostLabels, result });
      },
      onPlannedSampleUsed: (ageMs) => leads.observe(hostLabels, ageMs / 1000),
      onPlannedSampleUnused: () => unused.inc(hostLabels),
    };
    host.sampler.observe(observer);
  }
}

function toLabels({ name }: Host): HostLabels {
  return name === '' ? {} : { host: name };
}
