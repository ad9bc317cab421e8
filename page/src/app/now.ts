import { signal } from '@preact/signals';

/** `performance.now()`, once a second. */
export const now = signal(performance.now());

setInterval(() => {
  if (!document.hidden) now.value = performance.now();
}, 1000);
