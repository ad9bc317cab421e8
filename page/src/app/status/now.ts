import { signal } from '@preact/signals';

/** `Date.now()`, once a second. */
export const now = signal(Date.now());

setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, 1000);
