import { describe, expect, it } from 'vitest';
import type { SkippedRow } from 'docker-stats-client';
import { row } from '../../../test/support/docker/docker-rows.js';
import { findContainer } from './find-container.js';
import { parseDockerStats } from '../../docker/parsers/parse-docker-stats.js';
import type { StatsSample } from '../../sampling/stats-sample.js';

const WEB = 'a'.repeat(12).padEnd(64, '1');
const API = 'a'.repeat(12).padEnd(64, '2');

async function createSample(rows: string, skipped: readonly SkippedRow[] = []): Promise<StatsSample> {
  const { containers } = await parseDockerStats(rows);
  return { sampledAt: new Date(0), sampledAtMonotonicMs: 0, durationMs: 0, containers, skipped };
}

const sample = await createSample(row({ Name: 'web', ID: WEB }) + row({ Name: 'api', ID: API }), [
  { container: 'restarter', id: 'd'.repeat(64), project: null, reason: 'restarting' },
  { container: 'aa', id: 'c'.repeat(64), project: null, reason: 'restarting' },
  { container: 'eeeeeeeeeeee', id: 'eeeeeeeeeeee', project: null, reason: 'timed_out' },
  { container: null, id: null, project: null, reason: 'malformed' },
]);

describe('findContainer', () => {
  it.each([
    ['its name', 'web', WEB],
    ['its full id', API, API],
    ['a prefix of its id', WEB.slice(0, 13), WEB],
  ])('finds a container by %s', (_how, reference, id) => {
    expect(findContainer(sample, reference)).toMatchObject({ kind: 'one', container: { id } });
  });

  it('prefers a name to an id prefix', async () => {
    const named = await createSample(
      row({ Name: 'a'.repeat(12), ID: 'c'.repeat(64) }) + row({ Name: 'web', ID: WEB }),
    );
    expect(findContainer(named, 'a'.repeat(12))).toMatchObject({ container: { id: 'c'.repeat(64) } });
  });

  it('reports how many containers match an ambiguous reference', () => {
    expect(findContainer(sample, 'a'.repeat(12))).toMatchObject({
      kind: 'several',
      containers: { length: 2 },
    });
  });

  it('treats several rows of a container as one', async () => {
    expect(findContainer(await createSample(row() + row()), 'my-app')).toMatchObject({ kind: 'one' });
  });

  it.each([
    ['its name', 'restarter', 'restarting'],
    ['a name that is also an id prefix of a running container', 'aa', 'restarting'],
    ['its full id', 'd'.repeat(64), 'restarting'],
    ['a prefix of its id', 'd'.repeat(12), 'restarting'],
    ['its full id, if docker gives only a short one', 'e'.repeat(64), 'timed_out'],
    ['its short id', 'e'.repeat(12), 'timed_out'],
  ])('finds a skipped row by %s', (_how, reference, reason) => {
    expect(findContainer(sample, reference)).toMatchObject({ kind: 'skipped', row: { reason } });
  });

  it.each([
    ['a name in the wrong case', 'WEB'],
    ['a name prefix', 'we'],
    ['a name prefix of a skipped row', 'restart'],
    ['an id prefix of less than 12 characters', 'aaaaaaaaaaa'],
    ['an unknown id', 'f'.repeat(64)],
  ])('finds nothing for %s', (_what, reference) => {
    expect(findContainer(sample, reference)).toEqual({ kind: 'none' });
  });
});
