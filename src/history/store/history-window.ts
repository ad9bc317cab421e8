import type { ContainerStats } from 'docker-stats-client';
import type { TimeSlices } from '../../sampling/time-slices.js';
import { FIGURES } from './figures.js';
import { findGaps, type Gap } from './gaps.js';
import type { KnownContainer, Roster, SampleBlock } from './sample-history.js';

/** Whether a request selects a container, by what is known about it last. */
export type ContainerPredicate = (latest: ContainerStats) => boolean;

/** Consecutive samples with the same roster: those from `start` to `end`, without `end`. */
interface Run {
  readonly roster: Roster;
  readonly start: number;
  end: number;
}

/** A selected container, and its position in the rosters of the runs that have it. */
interface Selected {
  /** Kept for the whole request: a new sample may rename the container, so that the key may no longer see it. */
  readonly container: ContainerStats;
  readonly places: { readonly run: Run; readonly position: number }[];
}

/** The samples of a request, and the selected containers in them. Does not change when the history drops samples. */
export class HistoryWindow {
  /** When the samples were taken, in milliseconds since the Unix epoch. */
  readonly times: readonly number[];
  /** For each sample, the number of gaps before it. */
  readonly segments: Uint32Array;
  /** Those of the newest sample first, in its order: sorted by name. */
  readonly containers: readonly ContainerStats[];

  private constructor(
    private readonly blocks: readonly SampleBlock[],
    readonly gaps: readonly Gap[],
    private readonly selected: readonly Selected[],
  ) {
    this.times = blocks.map(({ at }) => at);
    this.segments = new Uint32Array(blocks.length);
    gaps.forEach(({ end }, n) => this.segments.fill(n + 1, end, gaps[n + 1]?.end));
    this.containers = selected.map(({ container }) => container);
  }

  /** Finds the selected containers in the samples. */
  static async open(
    blocks: readonly SampleBlock[],
    isSelected: ContainerPredicate,
    slices: TimeSlices,
  ): Promise<HistoryWindow> {
    const seen = new Map<KnownContainer, Selected | undefined>();
    await slices.forEach(listPlaces(findRuns(blocks).toReversed()), ([run, position, known]) => {
      if (!seen.has(known)) {
        const container = known.latest;
        seen.set(known, isSelected(container) ? { container, places: [] } : undefined);
      }
      seen.get(known)?.places.push({ run, position });
    });
    const times = blocks.map(({ at }) => at);
    const selected = [...seen.values()].filter((one) => one !== undefined);
    return new HistoryWindow(blocks, await findGaps(times, slices), selected);
  }

  /** Returns a window with only these containers, in this order. */
  pick(indexes: readonly number[]): HistoryWindow {
    const picked = indexes.flatMap((n) => this.selected[n] ?? []);
    return new HistoryWindow(this.blocks, this.gaps, picked);
  }

  /** Returns a figure of the n-th container in each sample. `NaN` if the sample does not have it. */
  readFigure(n: number, figure: number): Float64Array {
    const values = new Float64Array(this.blocks.length).fill(NaN);
    for (const { run, position } of this.selected[n]?.places ?? []) {
      for (let sample = run.start; sample < run.end; sample++) {
        values[sample] = this.blocks[sample]?.figures[position * FIGURES.length + figure] ?? NaN;
      }
    }
    return values;
  }

  /** Counts the samples that have the n-th container. */
  countSamples(n: number): number {
    const runs = new Set(this.selected[n]?.places.map(({ run }) => run));
    return [...runs].reduce((sum, { start, end }) => sum + end - start, 0);
  }
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

function* listPlaces(runs: readonly Run[]): Generator<readonly [Run, number, KnownContainer]> {
  for (const run of runs) {
    for (const [position, known] of run.roster.entries()) yield [run, position, known];
  }
}
