import type { FullStats } from 'docker-stats-client';
import type { JSX } from 'preact';
import '../../styles/hosts.css';
import { selectsHost, toggleHost } from '../rows/filter.js';
import { describeHosts } from './describe-hosts.js';

export interface HostListProps {
  readonly stats: FullStats;
  readonly filter: string;
  readonly getUsualIntervalMs: (host: string) => number;
  readonly onFilter: (filter: string) => void;
}

/** A longer name is cut. */
const MAX_NAME_LENGTH = 24;

/** The states of the Docker hosts. A click shows only the containers of one. All names have the same width, so that nothing moves. */
export function HostList({ stats, filter, getUsualIntervalMs, onFilter }: HostListProps): JSX.Element {
  const hosts = describeHosts(stats, getUsualIntervalMs);
  const nameLength = Math.min(Math.max(...hosts.map(({ name }) => name.length)), MAX_NAME_LENGTH);
  return (
    <ul class="hosts" aria-label="Docker hosts" style={{ '--name-width': `${nameLength + 2}ch` }}>
      {hosts.map(({ name, kind, state, detail }, n) => (
        // oxlint-disable-next-line react/no-array-index-key -- a place, whose host changes when another one fails
        <li key={n}>
          <button
            type="button"
            class={`status ${kind}`}
            aria-pressed={selectsHost(filter, name)}
            title={`${name}: ${detail} Click to show only this host.`}
            onClick={() => onFilter(toggleHost(filter, name))}
          >
            <bdi>{name}</bdi>
            <span class="age">{state}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
