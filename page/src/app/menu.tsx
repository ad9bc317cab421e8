import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Sessions } from './session/session.js';
import { chooseTheme, theme, THEMES } from './theme.js';
import type { View } from './view-state.js';

/** What is rarely needed. */
export function Menu({ view, sessions }: { readonly view: View; readonly sessions: Sessions }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- its summary is interactive
    <details
      class="menu"
      open={isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      onFocusOut={({ currentTarget, relatedTarget }) => {
        if (relatedTarget instanceof Node && !currentTarget.contains(relatedTarget)) setOpen(false);
      }}
      onKeyDown={({ key, currentTarget }) => {
        if (key !== 'Escape') return;
        setOpen(false);
        currentTarget.querySelector('summary')?.focus();
      }}
    >
      <summary>Menu</summary>
      <div class="menu-panel">
        <label>
          <span>Colours</span>
          <select
            value={theme.value}
            onChange={(event) => chooseTheme(THEMES[event.currentTarget.selectedIndex] ?? 'system')}
          >
            {THEMES.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <button type="button" onClick={() => view.change({ isWall: true })}>
          Wall screen
        </button>
        <button type="button" onClick={() => sessions.forget()}>
          Forget key
        </button>
        {isOpen && <DocsLink />}
        <p>The service takes samples only while somebody looks. A hidden tab stops its stream.</p>
      </div>
    </details>
  );
}

/** A link to the API documentation, unless the service has it switched off. */
function DocsLink(): JSX.Element | null {
  const [exists, setExists] = useState(false);
  useEffect(() => {
    fetch('docs', { method: 'HEAD' }).then(
      ({ ok }) => setExists(ok),
      () => setExists(false),
    );
  }, []);
  return exists ? <a href="docs">API documentation</a> : null;
}
