import type { ContainerStats } from 'docker-stats-client';
import type { JSX } from 'preact';
import { CopyButton } from './copy-button.js';

interface RawDataProps {
  readonly id: string;
  readonly host: string | undefined;
  readonly container: ContainerStats | undefined;
  /** Of an ended container, the service has only the history. */
  readonly hasEnded: boolean;
}

/** The figures as a program gets them. */
export function RawData({ id, host, container, hasEnded }: RawDataProps): JSX.Element {
  const place = host === undefined ? '' : `hosts/${encodeURIComponent(host)}/`;
  const command = formatCurl(
    `${place}containers/${encodeURIComponent(id)}/stats${hasEnded ? '/history' : ''}`,
  );
  return (
    <section class="raw-data">
      <h3>The same for programs</h3>
      <div class="raw-command">
        <code>{command}</code>
        <CopyButton text={command} subject="command" />
      </div>
      {container && (
        <details>
          <summary>JSON</summary>
          <pre>{JSON.stringify(container, null, 2)}</pre>
        </details>
      )}
    </section>
  );
}

/** The key is a variable of the shell, so that a copied command never contains it. */
function formatCurl(path: string): string {
  const url = new URL(path, new URL('.', document.baseURI));
  return `curl -H "X-API-Key: $API_KEY" '${url.href}'`;
}
