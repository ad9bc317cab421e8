import type { JSX } from 'preact';

/** The whole page. */
export function App(): JSX.Element {
  return <main />;
}
