import type { JSX } from 'preact';
import { Dashboard } from './dashboard.js';
import { KeyForm } from './session/key-form.js';
import type { Sessions } from './session/session.js';
import type { View } from './view-state.js';

/** The whole page. */
export function App({ sessions, view }: { readonly sessions: Sessions; readonly view: View }): JSX.Element {
  const session = sessions.current.value;
  if (session === undefined) return <KeyForm sessions={sessions} />;
  return <Dashboard session={session} sessions={sessions} view={view} />;
}
