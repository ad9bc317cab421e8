import fc from 'fast-check';
import type { ContainerStats } from 'docker-stats-client';
import { describe, expect, it } from 'vitest';
import { createContainer, createSample } from '../../../test/support/history/history-samples.js';
import { FakeClock } from '../../../test/support/sampling/fake-clock.js';
import { TimeSlices } from '../../sampling/time-slices.js';
import type { SeriesSelection } from '../series/container-series.js';
import { FIGURES } from '../figures/figures.js';
import { type HistoryLimits, type SampleBlock, SampleHistory } from './sample-history.js';
import { type ContainerPredicate, selectSeries } from './select-series.js';

const UNLIMITED: HistoryLimits = { maxAgeMs: Infinity, maxBytes: Infinity };
const CPU = FIGURES.indexOf('cpuUsage');

/** What a history should return: for each container, its latest name and its CPU in each sample. */
type Content = Record<string, { readonly name: string; readonly cpu: readonly number[] }>;

async function fill(
  limits: Partial<HistoryLimits>,
  samples: readonly { readonly at: number; readonly containers: readonly ContainerStats[] }[],
  clock = new FakeClock(),
): Promise<SampleHistory> {
  const history = new SampleHistory({ ...UNLIMITED, ...limits }, clock);
  for (const { at, containers } of samples) history.add(createSample(at, containers));
  await history.settle();
  return history;
}

/** Selects containers of one host. */
async function select(
  blocks: readonly SampleBlock[],
  isSelected: ContainerPredicate = () => true,
): Promise<SeriesSelection & { readonly times: readonly number[] }> {
  const selection = await selectSeries([{ host: undefined, blocks }], isSelected, new TimeSlices('own'));
  return { ...selection, times: selection.timelines[0]?.times ?? [] };
}

function toContent({ series }: SeriesSelection): Content {
  return Object.fromEntries(
    series.map((one) => [one.container.id, { name: one.container.name, cpu: [...one.readFigure(CPU)] }]),
  );
}

async function readAll(history: SampleHistory): Promise<{ times: readonly number[]; content: Content }> {
  const selection = await select(history.read(-Infinity, Infinity, 0));
  return { times: selection.times, content: toContent(selection) };
}

describe('SampleHistory', () => {
  it('returns each figure of each container in each sample', async () => {
    const history = await fill({}, [
      { at: 1000, containers: [createContainer('a', { cpuUsage: 1 }), createContainer('b', { pids: null })] },
      { at: 3000, containers: [createContainer('b', { cpuUsage: 4, memoryUsage: 8 })] },
    ]);
    const blocks = history.read(-Infinity, Infinity, 3000);
    const { series } = await select(blocks, ({ id }) => id === 'b');
    const figures = Object.fromEntries(
      FIGURES.map((name, figure) => [name, series.flatMap((one) => [...one.readFigure(figure)])]),
    );
    expect(figures).toMatchObject({
      cpuUsage: [Math.fround(12.45), 4],
      memoryUsage: [Math.fround(102.9), 8],
      memoryLimit: [1024, 1024],
      pids: [NaN, 7],
    });
  });

  it('drops samples that are too old, and containers whose last value is too old', async () => {
    const history = await fill({ maxAgeMs: 5000 }, [
      { at: 1000, containers: [createContainer('a'), createContainer('b')] },
      { at: 3000, containers: [createContainer('b')] },
      { at: 7000, containers: [createContainer('b')] },
    ]);
    expect(history.size).toBe(2);
    expect(history.findContainers(7000).map(({ latest }) => latest.id)).toEqual(['b']);
  });

  it('does not return samples that became too old since the last one was added', async () => {
    const history = await fill({ maxAgeMs: 5000 }, [
      { at: 1000, containers: [createContainer('a')] },
      { at: 3000, containers: [createContainer('b')] },
    ]);
    expect(history.read(-Infinity, Infinity, 7000).map(({ at }) => at)).toEqual([3000]);
    expect(history.findContainers(7000).map(({ latest }) => latest.id)).toEqual(['b']);
  });

  it('takes 36 bytes for each container and sample', async () => {
    const containers = Array.from({ length: 1000 }, (_, n) => createContainer(`${n}`));
    const one = await fill({}, [{ at: 1, containers }]);
    const two = await fill(
      {},
      [1, 2].map((at) => ({ at, containers })),
    );
    expect((two.bytes - one.bytes) / 1000).toBeCloseTo(36, 0);
  });

  it('keeps nothing if a single sample exceeds the limit', async () => {
    const history = await fill({ maxBytes: 100 }, [{ at: 1, containers: [createContainer('a')] }]);
    expect(history).toMatchObject({ size: 0, bytes: 0 });
  });

  it('frees its memory when the newest sample is too old, although no other one follows', async () => {
    const clock = new FakeClock();
    const history = await fill(
      { maxAgeMs: 5000 },
      [1000, 3000].map((at) => ({ at, containers: [createContainer('a')] })),
      clock,
    );
    await clock.advance(4999);
    expect(history.size).toBe(2);
    await clock.advance(1);
    expect(history).toMatchObject({ size: 0, bytes: 0, latest: undefined });
    expect(history.findContainers(3000)).toEqual([]);
    history.add(createSample(9000, []));
    history.onModuleDestroy();
    expect(clock.timerCount).toBe(0);
  });

  it('keeps the name by which a container was selected, although a new sample renames it', async () => {
    const history = await fill({}, [{ at: 1000, containers: [createContainer('a', { name: 'web' })] }]);
    const rename = createSample(2000, [createContainer('a', { name: 'secret' })]);
    const selecting = select(history.read(0, 1000, 0), () => {
      history.add(rename);
      return true;
    });
    await history.settle();
    expect((await selecting).series.map(({ container }) => container.name)).toEqual(['web']);
  });

  it('does not need memory for each container and sample if containers start and end all the time', async () => {
    const history = await fill(
      {},
      Array.from({ length: 2000 }, (_, n) => ({
        at: n,
        containers: Array.from({ length: 5 }, (_one, m) => createContainer(`${n}-${m}`)),
      })),
    );
    const before = process.memoryUsage().arrayBuffers;
    const blocks = history.read(-Infinity, Infinity, 0);
    const { series } = await select(blocks);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
    expect(series).toHaveLength(10_000);
  });

  it('starts again if the clock is set back', async () => {
    const history = await fill({}, [
      { at: 5000, containers: [createContainer('a')] },
      { at: 1000, containers: [createContainer('b')] },
    ]);
    expect(await readAll(history)).toMatchObject({ times: [1000], content: { b: {} } });
    expect(history.size).toBe(1);
  });
});

/** A few containers that appear, vanish and get new names. */
const container = fc
  .record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    name: fc.constantFrom('web', 'db', 'job'),
    cpuUsage: fc.integer({ min: 0, max: 1000 }),
  })
  .map(({ id, ...values }) => createContainer(id, values));
const samples = fc
  .array(
    fc.record({
      pause: fc.constantFrom(1, 2000, 60_000),
      containers: fc.uniqueArray(container, { selector: ({ id }) => id }),
    }),
    { maxLength: 30 },
  )
  .map((steps) => {
    let at = -1e7;
    return steps.map(({ pause, containers }) => ({ at: (at += pause), containers }));
  });

/** What the history should return if it keeps the last samples. */
function predict(kept: readonly { readonly containers: readonly ContainerStats[] }[]): Content {
  const content: Content = {};
  for (const { id, name } of kept.flatMap(({ containers }) => containers)) {
    const cpu = kept.map(({ containers }) => containers.find((one) => one.id === id)?.cpuUsage ?? NaN);
    content[id] = { name, cpu };
  }
  return content;
}

describe('SampleHistory.read', () => {
  it('returns the samples between two times, both included', async () => {
    const time = fc.integer({ min: -2, max: 12 });
    await fc.assert(
      fc.asyncProperty(fc.array(time), time, time, async (given, since, until) => {
        const times = given.toSorted((a, b) => a - b);
        const history = await fill(
          {},
          times.map((at) => ({ at, containers: [] })),
        );
        expect(history.read(since, until, 0).map(({ at }) => at)).toEqual(
          times.filter((at) => at >= since && at <= until),
        );
      }),
    );
  });
});

describe('SampleHistory, for any containers that appear, vanish and are renamed, and any pauses,', () => {
  it('returns exactly the samples within the time limit', async () => {
    const maxAgeMs = fc.constantFrom(0, 1, 4000, 130_000, Infinity);
    await fc.assert(
      fc.asyncProperty(samples, maxAgeMs, async (taken, age) => {
        const history = await fill({ maxAgeMs: age }, taken);
        const end = taken.at(-1)?.at ?? 0;
        const kept = taken.filter(({ at }) => at >= end - age);
        const selection = await select(history.read(-Infinity, Infinity, end));
        expect(selection.times).toEqual(kept.map(({ at }) => at));
        expect(toContent(selection)).toEqual(predict(kept));
        expect(
          history
            .findContainers(end)
            .map(({ latest }) => latest.id)
            .toSorted(),
        ).toEqual(Object.keys(predict(kept)).toSorted());
      }),
    );
  });

  it('stays below the size limit and keeps the newest samples, as many as fit', async () => {
    await fc.assert(
      fc.asyncProperty(samples, fc.integer({ min: 0, max: 8000 }), async (taken, maxBytes) => {
        const history = await fill({ maxBytes }, taken);
        expect(history.bytes).toBeLessThanOrEqual(maxBytes);
        const { times, content } = await readAll(history);
        const kept = taken.slice(taken.length - history.size);
        expect(times).toEqual(kept.map(({ at }) => at));
        expect(content).toEqual(predict(kept));
        expect((await fill({}, kept)).bytes).toBe(history.bytes);
      }),
    );
  });
});
