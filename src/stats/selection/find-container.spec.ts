import { describe, expect, it } from 'vitest';
import type { SkippedRow } from 'docker-stats-client';
import { row } from '../../../test/support/docker-rows.js';
import { findContainer } from './find-container.js';
import { parseDockerStats } from '../../docker/parse-docker-stats.js';
import type { StatsSample } from '../../sampling/stats-sample.js';

const WEB = 'a'.repeat(12).padEnd(64, '1');
const API = 'a'.repeat(12).padEnd(64, '2');

async function sampleOf(rows: string, skipped: readonly SkippedRow[] = []): Promise<StatsSample> {
  const { containers } = await parseDockerStats(rows);
  return { sampledAt: new Date(0), sampledAtMonotonicMs: 0, durationMs: 0, containers, skipped };
}

const sample = await sampleOf(row({ Name: 'web', ID: WEB }) + row({ Name: 'api', ID: API }), [
  { container: 'restarter', reason: 'restarting' },
  { container: 'aa', reason: 'restarting' },
  { container: 'eeeeeeeeeeee', reason: 'timed_out' },
  { container: null, reason: 'malformed' },
]);

describe('findContainer', () => {
  it.each([
    ['its name', 'web', WEB],
    ['its whole id', API, API],
    ['the beginning of its id', WEB.slice(0, 13), WEB],
  ])('finds a container by %s', (_how, reference, id) => {
    expect(findContainer(sample, reference)).toMatchObject({ kind: 'one', container: { id } });
  });

  it('prefers a name to the beginning of an id', async () => {
    const named = await sampleOf(
      row({ Name: 'a'.repeat(12), ID: 'c'.repeat(64) }) + row({ Name: 'web', ID: WEB }),
    );
    expect(findContainer(named, 'a'.repeat(12))).toMatchObject({ container: { id: 'c'.repeat(64) } });
  });

  it('does not guess among several', () => {
    expect(findContainer(sample, 'a'.repeat(12))).toEqual({ kind: 'several', count: 2 });
  });

  it('takes rows of one container for one', async () => {
    expect(findContainer(await sampleOf(row() + row()), 'my-app')).toMatchObject({ kind: 'one' });
  });

  it.each([
    ['its name', 'restarter', 'restarting'],
    ['a name that begins the id of a running container', 'aa', 'restarting'],
    ['its whole id', 'e'.repeat(64), 'timed_out'],
    ['the short id', 'e'.repeat(12), 'timed_out'],
  ])('finds a skipped row by %s', (_how, reference, reason) => {
    expect(findContainer(sample, reference)).toMatchObject({ kind: 'skipped', row: { reason } });
  });

  it.each([
    ['a name in other case', 'WEB'],
    ['the beginning of a name', 'we'],
    ['the beginning of the name of a skipped row', 'restart'],
    ['less than a short id, which may be the name of a stopped container', 'aaaaaaaaaaa'],
    ['nothing that is there', 'f'.repeat(64)],
  ])('finds nothing for %s', (_what, reference) => {
    expect(findContainer(sample, reference)).toEqual({ kind: 'none' });
  });
});
