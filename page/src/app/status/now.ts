import { signal } from '@preact/signals';

/** `Date.now()`, once a second, and at each sample. */
export const now = signal(Date.now());

let timer = setTimeout(tick, 1000);

function tick(): void {
  if (!document.hidden) now.value = Date.now();
  timer = setTimeout(tick, 1000);
}

/** The next second starts now: the page changes once for a sample and its age, not twice. */
export function restartSecond(): void {
  clearTimeout(timer);
  tick();
}
