/** The box into which the line is drawn, in pixels, and what its edges mean. */
export interface SparklineBox {
  readonly width: number;
  readonly height: number;
  /** Milliseconds since the Unix epoch at the left and right edge. */
  readonly since: number;
  readonly until: number;
  /** The top edge is the highest value, or this if all values are lower; so noise near 0 does not look like load. */
  readonly minTop: number;
}

/** The line leaves room for half of its own width at the top and the bottom. */
const MARGIN = 1.5;

/** The `d` of an SVG path of the values from 0 up. `null` interrupts the line; a value between two `null` is a dot. */
export function createSparklinePath(
  times: readonly number[],
  values: readonly (number | null)[],
  box: SparklineBox,
): string {
  const start = findStart(times, box.since);
  const xScale = box.width / (box.until - box.since);
  const yScale = (box.height - 2 * MARGIN) / Math.max(findMax(values, start), box.minTop);
  let path = '';
  let command = 'M';
  for (let n = start; n < values.length; n++) {
    const value = values[n];
    const time = times[n];
    if (value === undefined || value === null || time === undefined) {
      command = 'M';
      continue;
    }
    const x = round((time - box.since) * xScale);
    const y = round(box.height - MARGIN - value * yScale);
    path += command === 'M' ? `M${x} ${y}h0` : `L${x} ${y}`;
    command = 'L';
  }
  return path;
}

/** The index of the first time in the box. */
function findStart(times: readonly number[], since: number): number {
  let start = times.length;
  while (start > 0 && (times[start - 1] ?? 0) >= since) start--;
  return start;
}

function findMax(values: readonly (number | null)[], start: number): number {
  let max = 0;
  for (let n = start; n < values.length; n++) max = Math.max(max, values[n] ?? 0);
  return max;
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
