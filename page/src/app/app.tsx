import type { JSX } from 'preact';
import { Dashboard } from './dashboard.js';
import { KeyForm } from './session/key-form.js';
import type { Sessions } from './session/session.js';
import { Problem, Status } from './status/status.js';
import type { View } from './view-state.js';

/** The whole page. */
export function App({ sessions, view }: { readonly sessions: Sessions; readonly view: View }): JSX.Element {
  const session = sessions.current.value;
  if (session?.isAccepted === true) return <Dashboard session={session} sessions={sessions} view={view} />;
  return (
    <main class="key-page">
      {sessions.isAsking.value ? <KeyForm sessions={sessions} /> : <Checking />}
      {session && (
        <>
          <div class="visually-hidden">
            <Status live={session.live} />
          </div>
          <Problem live={session.live} />
        </>
      )}
    </main>
  );
}

/** While the service checks a key that the user has not typed. */
function Checking(): JSX.Element {
  return (
    <div class="checking">
      <h1>Containers</h1>
      <p>Checking the API key …</p>
    </div>
  );
}
