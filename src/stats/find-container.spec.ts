import { describe, expect, it } from 'vitest';
import { row } from '../../test/support/docker-rows.js';
import { findContainer } from './find-container.js';
import { parseDockerStats } from './parse-docker-stats.js';
import type { SkippedRow, StatsSample } from './stats-sample.js';

const WEB = 'aaaa'.padEnd(64, '1');
const API = 'aaaa'.padEnd(64, '2');

function sampleOf(rows: string, skipped: readonly SkippedRow[] = []): StatsSample {
  const { containers } = parseDockerStats(rows);
  return { sampledAt: new Date(0), sampledAtMonotonicMs: 0, durationMs: 0, containers, skipped };
}

const sample = sampleOf(
  row({ Name: 'web', ID: WEB }) + row({ Name: 'api', ID: API }) + row({ Name: 'aaaa', ID: 'c'.repeat(64) }),
  [
    { container: 'restarter', reason: 'restarting' },
    { container: 'eeeeeeeeeeee', reason: 'timed_out' },
    { container: null, reason: 'malformed' },
  ],
);

describe('findContainer', () => {
  it.each([
    ['its name', 'web', WEB],
    ['its whole id', API, API],
    ['the beginning of its id', 'aaaa1', WEB],
    ['a name that begins other ids', 'aaaa', 'c'.repeat(64)],
  ])('finds a container by %s', (_how, reference, id) => {
    expect(findContainer(sample, reference)).toMatchObject({ kind: 'one', container: { id } });
  });

  it('does not guess among several', () => {
    expect(findContainer(sample, 'aaa')).toEqual({ kind: 'several', count: 2 });
  });

  it('takes rows of one container for one', () => {
    expect(findContainer(sampleOf(row() + row()), 'my-app')).toMatchObject({ kind: 'one' });
  });

  it.each([
    ['its name', 'restarter', 'restarting'],
    ['its whole id', 'e'.repeat(64), 'timed_out'],
    ['the beginning of its id', 'eeeee', 'timed_out'],
  ])('finds a skipped row by %s', (_how, reference, reason) => {
    expect(findContainer(sample, reference)).toMatchObject({ kind: 'skipped', row: { reason } });
  });

  it.each(['WEB', 'we', 'nosuch', 'restarter2'])('finds nothing for %s', (reference) => {
    expect(findContainer(sample, reference)).toEqual({ kind: 'none' });
  });
});
