import type { JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Sessions } from './session.js';

/** Asks for the API key. */
export function KeyForm({ sessions }: { readonly sessions: Sessions }): JSX.Element {
  const id = useId();
  const [key, setKey] = useState('');
  const [isForDevice, setForDevice] = useState(sessions.isForDevice);
  const isChecking = sessions.current.value !== undefined;
  const message = sessions.message.value;
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, [message]);
  return (
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
          ref={field}
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
      <button type="submit">{isChecking ? 'Checking …' : 'Show containers'}</button>
      <p class="key-hint">
        The key is one of <code>API_KEYS</code> of the service. This page sends it in a header, and never puts
        it into a URL.
      </p>
    </form>
  );
}
