import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { Sessions } from './session.js';

/** Asks for the API key. */
export function KeyForm({ sessions }: { readonly sessions: Sessions }): JSX.Element {
  const id = useId();
  const [key, setKey] = useState('');
  const [isForDevice, setForDevice] = useState(false);
  const message = sessions.message.value;
  return (
    <main class="key-page">
      <form
        class="key-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (key.trim() !== '') sessions.open(key.trim(), isForDevice);
        }}
      >
        <h1>Containers</h1>
        {/* Password managers store a key under a name. */}
        <input type="text" name="username" autocomplete="username" value="docker-stats-api" hidden readOnly />
        <label class="key-field">
          API key
          <input
            type="password"
            name="api-key"
            autocomplete="current-password"
            required
            ref={focusFirst}
            value={key}
            aria-describedby={`${id}-message`}
            aria-invalid={message !== ''}
            onInput={(event) => setKey(event.currentTarget.value)}
          />
        </label>
        <p id={`${id}-message`} class="key-message" role="alert">
          {message}
        </p>
        <label class="toggle">
          <input
            type="checkbox"
            checked={isForDevice}
            onChange={(event) => setForDevice(event.currentTarget.checked)}
          />
          Remember on this device
        </label>
        <button type="submit">Show containers</button>
        <p class="key-hint">
          The key is one of <code>API_KEYS</code> of the service. This page sends it in a header, and never
          puts it into a URL.
        </p>
      </form>
    </main>
  );
}

function focusFirst(input: HTMLInputElement | null): void {
  input?.focus();
}
