import type { ContainerStats } from 'docker-stats-client';
import type { TimeSlices } from '../../sampling/time-slices.js';
import type { ContainerSeries, SeriesSelection, Timeline } from '../series/container-series.js';
import { FIGURES } from '../figures/figures.js';
import { createTimeline } from './create-timeline.js';
import type { KnownContainer, Roster, SampleBlock } from './sample-history.js';

/** Whether a request selects a container, by what is known about it last. */
export type ContainerPredicate = (latest: ContainerStats) => boolean;

/** The samples of a request from one history. */
export interface HostBlocks {
  /** As in {@link Timeline}. */
  readonly host: string | undefined;
  readonly blocks: readonly SampleBlock[];
}

/** Consecutive samples with the same roster: those from `start` to `end`, without `end`. */
interface Run {
  readonly roster: Roster;
  readonly start: number;
  end: number;
}

/** A container in the rosters of the runs that have it. */
interface Place {
  readonly run: Run;
  readonly position: number;
}

/** A selected container in the samples of a request. Does not change when the history drops samples. */
class WindowSeries implements ContainerSeries {
  readonly #places: Place[] = [];

  /** @param container kept for the whole request: a new sample may rename it, so that the key may no longer see it */
  constructor(
    readonly container: ContainerStats,
    readonly timeline: Timeline,
    private readonly blocks: readonly SampleBlock[],
  ) {}

  addPlace(place: Place): void {
    this.#places.push(place);
  }

  readFigure(figure: number): Float64Array {
    const values = new Float64Array(this.blocks.length).fill(NaN);
    for (const { run, position } of this.#places) {
      for (let sample = run.start; sample < run.end; sample++) {
        values[sample] = this.blocks[sample]?.figures[position * FIGURES.length + figure] ?? NaN;
      }
    }
    return values;
  }

  countSamples(): number {
    const runs = new Set(this.#places.map(({ run }) => run));
    return [...runs].reduce((sum, { start, end }) => sum + end - start, 0);
  }
}

/**
 * Finds the selected containers in the samples of hosts: host by host, those of its newest sample first, in its order: sorted by
 * name. Works in time slices.
 */
export async function selectSeries(
  hosts: readonly HostBlocks[],
  isSelected: ContainerPredicate,
  slices: TimeSlices,
): Promise<SeriesSelection> {
  const timelines: Timeline[] = [];
  const series: ContainerSeries[] = [];
  for (const { host, blocks } of hosts) {
    /* oxlint-disable no-await-in-loop -- the hosts share the time slices */
    const times = await slices.map(blocks, ({ at }) => at);
    const timeline = await createTimeline(host, times, slices);
    const found = await findSeries(timeline, blocks, isSelected, slices);
    /* oxlint-enable no-await-in-loop */
    timelines.push(timeline);
    for (const one of found) series.push(one);
  }
  return { timelines, series };
}

async function findSeries(
  timeline: Timeline,
  blocks: readonly SampleBlock[],
  isSelected: ContainerPredicate,
  slices: TimeSlices,
): Promise<WindowSeries[]> {
  const seen = new Map<KnownContainer, WindowSeries | undefined>();
  await slices.forEach(listPlaces(findRuns(blocks).toReversed()), ([known, place]) => {
    if (!seen.has(known)) {
      const container = known.latest;
      seen.set(known, isSelected(container) ? new WindowSeries(container, timeline, blocks) : undefined);
    }
    seen.get(known)?.addPlace(place);
  });
  return [...seen.values()].filter((one) => one !== undefined);
}

function findRuns(blocks: readonly SampleBlock[]): Run[] {
  const runs: Run[] = [];
  blocks.forEach(({ roster }, n) => {
    const last = runs.at(-1);
    if (last?.roster === roster) last.end = n + 1;
    else runs.push({ roster, start: n, end: n + 1 });
  });
  return runs;
}

function* listPlaces(runs: readonly Run[]): Generator<readonly [KnownContainer, Place]> {
  for (const run of runs) {
    for (const [position, known] of run.roster.entries()) yield [known, { run, position }];
  }
}
