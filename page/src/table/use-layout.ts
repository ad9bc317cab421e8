import { useLayoutEffect, useState } from 'preact/hooks';
import { type Layout, chooseLayout } from './columns.js';

/** The layout for the width of an element, which changes with the window and when the container view opens beside it. */
export function useLayout(element: HTMLElement | null): Layout {
  const [layout, setLayout] = useState(() => chooseLayout(globalThis.innerWidth));
  useLayoutEffect(() => {
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const next = chooseLayout(entry.contentRect.width);
      setLayout((shown) => (isSame(shown, next) ? shown : next));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return layout;
}

function isSame(a: Layout, b: Layout): boolean {
  return a.columns.length === b.columns.length && a.rowHeight === b.rowHeight;
}
