import type { JSX } from 'preact';
import { getContainerHue } from '../../units/container-color.js';
import { createSparklinePath } from './sparkline-path.js';

const WINDOW_MS = 5 * 60_000;
const WIDTH = 56;
const HEIGHT = 22;

interface SparklineProps {
  /** Of the container: decides the colour. */
  readonly name: string;
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
  /** Milliseconds since the Unix epoch at the right edge. */
  readonly until: number;
  /** The top edge if all values are lower. */
  readonly minTop: number;
}

/** The last minutes of a figure as a line without axes. It has its size before it has values, so that nothing moves. */
export function Sparkline({ name, times, values, until, minTop }: SparklineProps): JSX.Element {
  const box = { width: WIDTH, height: HEIGHT, since: until - WINDOW_MS, until, minTop };
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      aria-hidden="true"
      style={{ '--hue': getContainerHue(name) }}
    >
      <path d={createSparklinePath(times, values, box)} />
    </svg>
  );
}
