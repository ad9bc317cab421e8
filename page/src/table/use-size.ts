import { useLayoutEffect, useState } from 'preact/hooks';

/** The size of an element, in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * The size of an element, which changes with the window and when something opens beside it. It is missing at first, but known
 * before the first paint: what depends on it must not be drawn twice.
 */
export function useSize(element: HTMLElement | null): Size | undefined {
  const [size, setSize] = useState<Size>();
  useLayoutEffect(() => {
    if (element === null) return;
    const update = (): void => {
      const { clientWidth: width, clientHeight: height } = element;
      setSize((last) => (last?.width === width && last.height === height ? last : { width, height }));
    };
    update();
    const observer = new ResizeObserver(update);
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return size;
}
