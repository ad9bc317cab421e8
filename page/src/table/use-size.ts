import { useLayoutEffect, useState } from 'preact/hooks';

/** The size of an element, in pixels; before it is known, that of the window. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size of an element, which changes with the window and when something opens beside it. */
export function useSize(element: HTMLElement | null): Size {
  const [size, setSize] = useState<Size>({ width: globalThis.innerWidth, height: globalThis.innerHeight });
  useLayoutEffect(() => {
    if (element === null) return;
    const update = (): void => {
      const { clientWidth: width, clientHeight: height } = element;
      setSize((last) => (last.width === width && last.height === height ? last : { width, height }));
    };
    update(); // before the first paint, so that the columns do not move
    const observer = new ResizeObserver(update);
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return size;
}
