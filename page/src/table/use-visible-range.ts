import { useLayoutEffect, useState } from 'preact/hooks';

/** The rows that are drawn: from `first` up to and without `end`. */
export interface VisibleRange {
  readonly first: number;
  readonly end: number;
}

/** How many rows are drawn beyond each edge of the window; also the step in which the range moves. */
const MARGIN_ROWS = 4;

/** The rows of a table body that are in the window, or close to it. The page scrolls, not the table. */
export function useVisibleRange(body: HTMLElement | null, rowCount: number, rowHeight: number): VisibleRange {
  const [range, setRange] = useState(() => chooseRange(0, globalThis.innerHeight, rowHeight));
  useLayoutEffect(() => {
    const update = (): void => {
      const top = body?.getBoundingClientRect().top ?? 0;
      const next = chooseRange(-top, globalThis.innerHeight, rowHeight);
      setRange((shown) => (shown.first === next.first && shown.end === next.end ? shown : next));
    };
    update();
    addEventListener('scroll', update, { passive: true });
    addEventListener('resize', update, { passive: true });
    return () => {
      removeEventListener('scroll', update);
      removeEventListener('resize', update);
    };
  }, [body, rowCount, rowHeight]);
  return { first: Math.min(range.first, rowCount), end: Math.min(range.end, rowCount) };
}

/** The range for a window of this height whose top edge is so many pixels below the top edge of the table body. */
export function chooseRange(top: number, windowHeight: number, rowHeight: number): VisibleRange {
  const step = MARGIN_ROWS * rowHeight;
  const first = Math.floor(top / step) - 1;
  const end = Math.ceil((top + windowHeight) / step) + 1;
  return { first: Math.max(first, 0) * MARGIN_ROWS, end: Math.max(end, 1) * MARGIN_ROWS };
}
