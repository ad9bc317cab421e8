const listenersBySignal = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls a function when the signal is aborted, if it is not yet. Returns a function that removes the listener.
 *
 * All listeners of a signal share one event listener, because Node.js warns about more than ten. `AbortSignal.any` is no
 * alternative: in Node.js 20 each use of it leaks memory while the signal exists.
 */
export function addAbortListener(signal: AbortSignal, listener: () => void): () => void {
  const listeners = listenersBySignal.get(signal) ?? new Set();
  if (!listenersBySignal.has(signal)) {
    listenersBySignal.set(signal, listeners);
    signal.addEventListener('abort', () => listeners.forEach((each) => each()), { once: true });
  }
  listeners.add(listener);
  return () => listeners.delete(listener);
}
