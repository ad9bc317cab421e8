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

/**
 * The `d` of an SVG path of the values from 0 up. `null` interrupts the line; a value between two `null` is a dot. Of values in the
 * time of one pixel, only the highest is drawn: a longer path costs time, and no peak is lost.
 */
export function createSparklinePath(
  times: readonly number[],
  values: readonly (number | null)[],
  box: SparklineBox,
): string {
  const start = findStart(times, box.since);
  const pixelMs = (box.until - box.since) / box.width;
  const yScale = (box.height - 2 * MARGIN) / Math.max(findMax(values, start), box.minTop);
  let path = '';
  let isGap = true;
  let [drawnPixel, drawnValue] = [NaN, 0];
  for (let n = start; n < values.length; n++) {
    const value = values[n] ?? null;
    if (value === null) {
      isGap = true;
      drawnPixel = NaN;
      continue;
    }
    const time = times[n] ?? 0;
    const pixel = Math.floor(time / pixelMs);
    const isBelowLast = pixel === drawnPixel && value <= drawnValue;
    const isBelowNext =
      pixel === Math.floor((times[n + 1] ?? NaN) / pixelMs) && value <= (values[n + 1] ?? -1);
    if (isBelowLast || isBelowNext) continue;
    const y = round(box.height - MARGIN - value * yScale);
    path += `${isGap ? 'M' : 'L'}${round((time - box.since) / pixelMs)} ${y}${isGap ? 'h0' : ''}`;
    isGap = false;
    [drawnPixel, drawnValue] = [pixel, value];
  }
  return path;
}

/** In so many groups, the rows take turns. */
const TURNS = 8;

/**
 * The time at the right edge of the lines in a row. It moves by whole pixels, and not for all rows at once, so that a sample draws
 * only some of the lines.
 */
export function chooseLineEnd(sampledAtMs: number, row: number, pixelMs: number): number {
  const offset = ((row % TURNS) / TURNS) * pixelMs;
  return Math.ceil((sampledAtMs - offset) / pixelMs) * pixelMs + offset;
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
