import type { ContainerStats } from 'docker-stats-client';
import type { TimeSlices } from '../../sampling/time-slices.js';
import { FIGURES } from './figures.js';
import { findGaps, type Gap } from './gaps.js';
import type { KnownContainer, Roster, SampleBlock } from './sample-history.js';

/** Whether a request selects a container, by what is known about it last. */
export type ContainerPredicate = (latest: ContainerStats) => boolean;

/** The samples of a request, and the selected containers in them. Does not change when the history drops samples. */
export class HistoryWindow {
  /** When the samples were taken, in milliseconds since the Unix epoch. */
  readonly times: readonly number[];
  /** For each sample, the number of gaps before it. */
  readonly segments: Uint32Array;

  private constructor(
    private readonly blocks: readonly SampleBlock[],
    readonly gaps: readonly Gap[],
    /** Those of the newest sample first, in its order: sorted by name. */
    readonly containers: readonly ContainerStats[],
    /** For each roster: where it has the n-th container, or -1. */
    private readonly positions: ReadonlyMap<Roster, Int32Array>,
  ) {
    this.times = blocks.map(({ at }) => at);
    this.segments = new Uint32Array(blocks.length);
    gaps.forEach(({ end }, n) => this.segments.fill(n + 1, end, gaps[n + 1]?.end));
  }

  /** Finds the selected containers in the samples. */
  static async open(
    blocks: readonly SampleBlock[],
    isSelected: ContainerPredicate,
    slices: TimeSlices,
  ): Promise<HistoryWindow> {
    const times = blocks.map(({ at }) => at);
    const rosters = [...new Set(blocks.map(({ roster }) => roster))];
    const seen = new Set<KnownContainer>();
    await slices.forEach(rosters.toReversed(), (roster) => roster.forEach((known) => seen.add(known)));
    const indexes = new Map<KnownContainer, number>();
    await slices.forEach(seen, (known) => {
      if (isSelected(known.latest)) indexes.set(known, indexes.size);
    });
    const positions = new Map<Roster, Int32Array>();
    await slices.forEach(rosters, (roster) => positions.set(roster, findPositions(roster, indexes)));
    const containers = Array.from(indexes.keys(), ({ latest }) => latest);
    return new HistoryWindow(blocks, await findGaps(times, slices), containers, positions);
  }

  /** Returns a figure of the n-th container in each sample. `NaN` if the sample does not have it. */
  readFigure(n: number, figure: number): Float64Array {
    const values = new Float64Array(this.blocks.length).fill(NaN);
    this.blocks.forEach(({ roster, figures }, sample) => {
      const position = this.positions.get(roster)?.[n] ?? -1;
      if (position >= 0) values[sample] = figures[position * FIGURES.length + figure] ?? NaN;
    });
    return values;
  }

  /** Counts the samples that have the n-th container. */
  countSamples(n: number): number {
    return this.blocks.filter(({ roster }) => (this.positions.get(roster)?.[n] ?? -1) >= 0).length;
  }
}

function findPositions(roster: Roster, indexes: ReadonlyMap<KnownContainer, number>): Int32Array {
  const positions = new Int32Array(indexes.size).fill(-1);
  roster.forEach((known, position) => {
    const index = indexes.get(known);
    if (index !== undefined) positions[index] = position;
  });
  return positions;
}
