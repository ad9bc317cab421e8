import type { TimeSlices } from '../../sampling/time-slices.js';
import type { Timeline } from '../series/container-series.js';
import { findGaps } from './gaps.js';

/** Creates the timeline of samples that were taken at these times, with its gaps. Works in time slices. */
export async function createTimeline(
  host: string | undefined,
  times: readonly number[],
  slices: TimeSlices,
): Promise<Timeline> {
  const gaps = await findGaps(times, slices);
  const segments = new Uint32Array(times.length);
  gaps.forEach(({ end }, n) => segments.fill(n + 1, end, gaps[n + 1]?.end));
  return { host, times, segments, gaps };
}
