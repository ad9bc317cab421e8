import type { HostSample, SkippedHost } from 'docker-stats-client';
import type { SampledHost, StatsSample } from '../../sampling/stats-sample.js';

/** The warning for keys with a scope. */
const HIDDEN_WARNING = 'The result may be incomplete: Prometheus returned a warning';

/** Returns the hosts that gave no sample, as rows for `skipped`. */
export function listSkippedHosts({ hosts = [] }: StatsSample): SkippedHost[] {
  return hosts.flatMap(({ name, failure }) =>
    failure === undefined
      ? []
      : {
          host: name,
          container: null,
          id: null,
          project: null,
          reason: failure.code,
          since: failure.since.toISOString(),
        },
  );
}

/** Returns the value of `hosts`, given the age of the whole sample. */
export function listHostSamples(
  { hosts = [], sampledAtMonotonicMs }: StatsSample,
  ageMs: number,
): HostSample[] {
  return hosts.map(({ name, sample, failure }) => ({
    name,
    sampledAt: sample?.sampledAt.toISOString() ?? null,
    ageMs:
      sample === undefined ? null : Math.round(ageMs - (sample.sampledAtMonotonicMs - sampledAtMonotonicMs)),
    error: describeFailure(failure),
  }));
}

/** Returns the warnings. A warning may name any host, so a key with a scope gets a fixed text. */
export function listWarnings({ warnings = [], partOf }: StatsSample): readonly string[] {
  return partOf === undefined || warnings.length === 0 ? warnings : [HIDDEN_WARNING];
}

function describeFailure(failure: SampledHost['failure']): HostSample['error'] {
  if (failure === undefined) return null;
  const { code, reason: message, since } = failure;
  return { code, message, since: since.toISOString() };
}
