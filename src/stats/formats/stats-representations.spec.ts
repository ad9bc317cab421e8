import { describe, expect, it } from 'vitest';
import type { ContainerStats } from 'docker-stats-client';
import { countTurns } from '../../../test/support/processes/event-loop.js';
import { PS_DETAILS, ROW_FIGURES } from '../../../test/support/docker/docker-rows.js';
import type { StatsSample } from '../../sampling/stats-sample.js';
import { SampleScopes } from '../selection/sample-scopes.js';
import type { Representation } from './representation.js';
import { StatsRepresentations, type StatsSelection } from './stats-representations.js';

function container(n: number): ContainerStats {
  return {
    id: n.toString(16).padStart(64, '0'),
    name: `web-${n}`,
    ...PS_DETAILS,
    ...ROW_FIGURES,
    blockWritten: null,
  };
}

function sampleOf(count: number): StatsSample {
  return {
    sampledAt: new Date(0),
    sampledAtMonotonicMs: 0,
    durationMs: 2000.4,
    containers: Array.from({ length: count }, (_, n) => container(n)),
    skipped: [{ container: 'job', id: null, project: 'shop', reason: 'restarting' }],
  };
}

const representations = new StatsRepresentations();

function list(sample: StatsSample, selection: StatsSelection): Promise<Representation> {
  return representations.list(sample, selection, 'json');
}

async function parseList(sample: StatsSample, selection = {}): Promise<unknown> {
  return JSON.parse((await list(sample, selection)).identity(12.6).join(''));
}

describe('StatsRepresentations', () => {
  it('lists three fields in the basic view', async () => {
    expect(await parseList(sampleOf(1))).toStrictEqual([
      { name: 'web-0', cpuUsage: 12.45, memoryUsage: 102.9 },
    ]);
    expect(await parseList(sampleOf(0))).toEqual([]);
  });

  it('lists every field in the full view, with the data of the sample', async () => {
    expect(await parseList(sampleOf(2), { view: 'full' })).toStrictEqual({
      sampledAt: '1970-01-01T00:00:00.000Z',
      ageMs: 13,
      durationMs: 2000,
      containers: [container(0), container(1)],
      skipped: [{ container: 'job', id: null, project: 'shop', reason: 'restarting' }],
    });
  });

  it('makes a list once per sample and selection', async () => {
    const sample = sampleOf(3);
    const first = await list(sample, {});
    expect(await list(sample, {})).toBe(first);
    expect(await list(sampleOf(3), {})).not.toBe(first);
    const named = await list(sample, { name: ['web-1', 'web-2', 'web-1'] });
    expect(await list(sample, { name: ['web-2', 'web-1'] })).toBe(named);
    const one = await representations.container(sample, container(1));
    expect(await representations.container(sample, container(1))).toBe(one);
  });

  it('makes a separate list for every selection', async () => {
    const sample = sampleOf(3);
    const selections = [
      {},
      { view: 'full' },
      { name: ['full'] },
      { view: 'full', name: ['basic'] },
      { name: ['a,b'] },
      { name: ['a', 'b'] },
    ] as const;
    const made = await Promise.all(selections.map((selection) => list(sample, selection)));
    expect(new Set([...made, await representations.container(sample, container(0))]).size).toBe(7);
  });

  it('keeps two containers of the same name apart', async () => {
    const [a, b] = [container(1), { ...container(2), name: 'web-1' }];
    const sample = { ...sampleOf(0), containers: [a, b] };
    for (const one of sample.containers) {
      const { id } = JSON.parse(
        (await representations.container(sample, one)).identity(0).join(''),
      ) as ContainerStats;
      expect(id).toBe(one.id);
    }
  });

  it('makes a list once for concurrent requests', async () => {
    const sample = sampleOf(3);
    const [first, second] = await Promise.all([list(sample, {}), list(sample, {})]);
    expect(second).toBe(first);
  });

  it('does not cache more than 32 MiB of selections per sample', async () => {
    const sample = sampleOf(20_000); // about 7 MB in the full view
    const selections = Array.from(
      { length: 7 },
      (_, n) => ({ view: 'full', name: [`web-*`, `${n}`] }) as const,
    );
    const made = [];
    for (const selection of selections) made.push(await list(sample, selection));
    expect(await list(sample, selections[0] ?? {})).toBe(made[0]);
    expect(await list(sample, selections[6] ?? {})).not.toBe(made[6]);
    const small = await list(sample, { name: ['web-1'] });
    expect(await list(sample, { name: ['web-1'] })).toBe(small);
  });

  it('counts the lists of all scopes towards the 32 MiB limit of the sample', async () => {
    const sample = sampleOf(20_000);
    const scopes = new SampleScopes();
    const parts = [];
    for (let n = 0; n < 7; n++)
      parts.push(await scopes.applyScope({ containers: ['web-*', `${n}`] }, sample));
    const made = [];
    for (const part of parts) made.push(await list(part, { view: 'full' }));
    expect(await list(parts[0] ?? sample, { view: 'full' })).toBe(made[0]);
    expect(await list(parts[6] ?? sample, { view: 'full' })).not.toBe(made[6]);
  });

  it('limits the number of cached lists, even if they are small', async () => {
    const sample = sampleOf(0);
    const first = await list(sample, { name: ['0'] });
    let last = first;
    for (let n = 1; n < 35_000; n++) last = await list(sample, { name: [`${n}`] });
    expect(await list(sample, { name: ['0'] })).toBe(first);
    expect(await list(sample, { name: ['34999'] })).not.toBe(last);
  });

  it('does not block the event loop while it makes a list', async () => {
    const sample = sampleOf(30_000);
    for (const selection of [
      { view: 'full' },
      { name: Array.from({ length: 100 }, (_, n) => `*${n}x`) },
    ] as const) {
      let turns = 0;
      const counting = setInterval(() => turns++);
      await list(sample, selection);
      clearInterval(counting);
      expect(turns).toBeGreaterThan(1);
    }
  });

  it.each([{ view: 'projects' }, { sort: 'project', limit: 1 }] as const)(
    'does not block the event loop while it adds up and compares long labels: %o',
    async (selection) => {
      const label = 'x'.repeat(500);
      const containers = Array.from({ length: 10_000 }, (_, n) => ({
        ...container(n),
        project: `${label}${(n * 7919) % 10_000}`,
      }));
      expect(await countTurns(() => list({ ...sampleOf(0), containers }, selection))).toBeGreaterThan(3);
    },
  );
});
