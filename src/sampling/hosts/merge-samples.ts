import type { SampledHost, StatsSample } from '../stats-sample.js';

/** Merges the samples of hosts into one; `undefined` if there is none. */
export function mergeSamples(hosts: readonly SampledHost[]): StatsSample | undefined {
  const samples = hosts.flatMap(({ sample }) => sample ?? []);
  const [first, ...others] = samples;
  if (first === undefined) return undefined;
  const oldest = others.reduce(getOlder, first);
  return {
    sampledAt: oldest.sampledAt,
    sampledAtMonotonicMs: oldest.sampledAtMonotonicMs,
    durationMs: Math.max(...samples.map(({ durationMs }) => durationMs)),
    containers: samples.flatMap(({ containers }) => containers),
    skipped: samples.flatMap(({ skipped }) => skipped),
    hosts,
  };
}

function getOlder(a: StatsSample, b: StatsSample): StatsSample {
  return b.sampledAtMonotonicMs < a.sampledAtMonotonicMs ? b : a;
}
