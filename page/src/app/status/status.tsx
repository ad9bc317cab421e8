import { useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { getAgeMs, isOverdue } from '../../live/freshness.js';
import type { LiveStats } from '../../live/live-stats.js';
import { type ConnectionText, describeConnection, formatAge } from './describe-connection.js';
import { now, restartSecond } from './now.js';

/** How old the figures are, and whether to believe them. */
export interface Freshness extends ConnectionText {
  /** Missing if there are no figures. */
  readonly ageMs: number | undefined;
}

export function readFreshness(live: LiveStats): Freshness {
  const latest = live.latest.value;
  const ageMs = latest && getAgeMs(latest, now.value);
  const overdue = ageMs !== undefined && isOverdue(ageMs, live.getUsualIntervalMs());
  return { ...describeConnection(live.connection.value, overdue, now.value), ageMs };
}

/** The age of the figures, and the state of the connection. Screen readers hear only changes of the state. */
export function Status({ live }: { readonly live: LiveStats }): JSX.Element {
  useSignalEffect(() => {
    if (live.latest.value !== undefined) restartSecond();
  });
  const { kind, label, detail, ageMs } = readFreshness(live);
  return (
    <div class={`status ${kind}`}>
      <output class="status-label">
        {label}
        <span class="visually-hidden">{detail === '' ? '' : `. ${detail}`}</span>
      </output>
      <span class="age">{ageMs === undefined ? '' : `${formatAge(ageMs)} old`}</span>
    </div>
  );
}

/** Why the figures are not current, across the page. */
export function Problem({ live }: { readonly live: LiveStats }): JSX.Element | null {
  const { kind, label, detail, nextTry } = readFreshness(live);
  if (detail === '' || kind === 'good') return null;
  return (
    <div class={`problem ${kind}`}>
      <p aria-hidden="true">
        <strong>{label}</strong> {detail} {nextTry}
      </p>
      {nextTry !== '' && (
        <button type="button" onClick={() => live.reconnect()}>
          Try now
        </button>
      )}
    </div>
  );
}
