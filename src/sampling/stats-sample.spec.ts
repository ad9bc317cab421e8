import { describe, expect, it } from 'vitest';
import { hasSameFigures, type SampledHost, type StatsSample } from './stats-sample.js';

const EMPTY = { sampledAtMonotonicMs: 0, durationMs: 0, containers: [], skipped: [] };

/** A host with figures of this time, or without figures for this reason. */
type State = number | 'scrape_failed' | 'docker_failed';

/** Creates what was read at a time; `web1` has figures of 1 s. */
function createSample(
  readAtMonotonicMs: number,
  db1: State,
  changes: Partial<StatsSample> = {},
): StatsSample {
  const hosts = [createHost('db1', db1, readAtMonotonicMs), createHost('web1', 1000, readAtMonotonicMs)];
  return { ...EMPTY, sampledAt: new Date(1000), readAtMonotonicMs, hosts, warnings: [], ...changes };
}

function createHost(name: string, state: State, readAt: number): SampledHost {
  if (typeof state === 'string') {
    return { name, sample: undefined, failure: { code: state, reason: '', since: new Date(readAt) } };
  }
  return { name, sample: { ...EMPTY, sampledAt: new Date(state) }, failure: undefined };
}

describe('hasSameFigures', () => {
  it.each<State>([2000, 'scrape_failed'])(
    'is true if the source gives the figures of db1 (%s) again',
    (state) => {
      expect(hasSameFigures(createSample(1, state), createSample(2, state))).toBe(true);
    },
  );

  it('is true if there are still no hosts', () => {
    const [before, sample] = [1, 2].map((at) =>
      createSample(at, 1, { hosts: [], sampledAt: new Date(at) }),
    ) as [StatsSample, StatsSample];
    expect(hasSameFigures(before, sample)).toBe(true);
  });

  it.each<[string, State, StatsSample]>([
    ['a host has newer figures', 2000, createSample(2, 2001)],
    ['a host has no figures any more', 2000, createSample(2, 'docker_failed')],
    ['a host has figures again', 'docker_failed', createSample(2, 2000)],
    ['a host has no figures for another reason', 'docker_failed', createSample(2, 'scrape_failed')],
    ['another host is there', 2000, createSample(2, 2000, { hosts: [createHost('db1', 2000, 2)] })],
    ['the source warns', 2000, createSample(2, 2000, { warnings: ['partial'] })],
  ])('is false if %s', (_what, before, sample) => {
    expect(hasSameFigures(createSample(1, before), sample)).toBe(false);
  });

  it('is false for a source that stores no figures: each sample is new', () => {
    const sample = { ...EMPTY, sampledAt: new Date(1000) };
    expect(hasSameFigures(sample, { ...sample })).toBe(false);
  });
});
