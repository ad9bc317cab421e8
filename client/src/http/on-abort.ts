/** What waits for each signal. */
const actionsOf = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls an action when a signal is aborted that is not yet; the returned function prevents it. For signals that live
 * long, as that of a whole program: Node warns of more than ten listeners, so all share one; and each use of
 * `AbortSignal.any` leaves something behind in Node 20.
 */
export function onAbort(signal: AbortSignal, action: () => void): () => void {
  const actions = actionsOf.get(signal) ?? new Set();
  if (!actionsOf.has(signal)) {
    actionsOf.set(signal, actions);
    signal.addEventListener('abort', () => actions.forEach((each) => each()), { once: true });
  }
  actions.add(action);
  return () => actions.delete(action);
}
