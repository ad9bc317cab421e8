import type { JSX } from 'preact';
import type { Sessions } from './session.js';

/** Says that the browser does not store the key, until the user has read it. */
export function KeyNotice({ sessions }: { readonly sessions: Sessions }): JSX.Element | null {
  if (sessions.isKeyKept.value) return null;
  return (
    <aside class="problem waiting">
      <p>
        <strong>API key not stored</strong> This browser blocks the storage, or it is full: a reload asks for
        the key again.
      </p>
      <button type="button" onClick={() => sessions.confirmKeyIsNotKept()}>
        OK
      </button>
    </aside>
  );
}
