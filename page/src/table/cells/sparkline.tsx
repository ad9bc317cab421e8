import { memo } from '../../memo.js';
import { getContainerHue } from '../../units/container-color.js';
import type { RowContext } from './row-context.js';
import { chooseLineEnd, createSparklinePath } from './sparkline-path.js';

const WINDOW_MS = 5 * 60_000;
const WIDTH = 56;
const HEIGHT = 22;

export interface SparklineProps extends Pick<RowContext, 'getRecent'> {
  /** Of the container. */
  readonly id: string;
  /** Of the container, if the service has several. */
  readonly host: string | undefined;
  /** Of the container: decides the colour. */
  readonly name: string;
  readonly field: 'cpuUsage' | 'memoryUsage';
  /** Milliseconds since the Unix epoch at the right edge. */
  readonly until: number;
  /** The top edge if all values are lower. */
  readonly minTop: number;
}

/**
 * The last minutes of a figure as a line without axes. It has its size before it has values, so that nothing moves. It is drawn
 * again when its right edge moves, not for each value.
 */
export const Sparkline = memo(({ id, host, name, field, until, minTop, getRecent }: SparklineProps) => {
  const box = { width: WIDTH, height: HEIGHT, since: until - WINDOW_MS, until, minTop };
  const recent = getRecent(id, host);
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      aria-hidden="true"
      style={{ '--hue': getContainerHue(name) }}
    >
      <path d={createSparklinePath(recent?.times ?? [], recent?.[field] ?? [], box)} />
    </svg>
  );
});

/** The right edge of the lines in a row, after a sample. */
export function chooseUntil(sampledAtMs: number, row: number): number {
  return chooseLineEnd(sampledAtMs, row, WINDOW_MS / WIDTH);
}
