import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { Problem, Status } from '../app/status/status.js';
import type { LiveStats } from '../live/live-stats.js';
import type { ServiceClient } from '../live/service-client.js';
import type { CpuUnit } from '../units/format-cpu.js';
import { ContainerCharts } from './panels/container-charts.js';
import { ContainerFacts } from './container-facts.js';
import './container-view.css';
import { PresenceBadge } from './presence-badge.js';
import { RawData } from './raw-data.js';
import { ContainerFigures } from './series/container-figures.js';
import { useModalDialog } from './use-modal-dialog.js';

export interface ContainerViewProps {
  readonly id: string;
  /** Its Docker host, if the service has several. */
  readonly host: string | undefined;
  readonly live: LiveStats;
  readonly client: ServiceClient;
  readonly cpuUnit: CpuUnit;
  readonly onClose: () => void;
}

/** One container: who it is, and charts of its figures. */
export function ContainerView(props: ContainerViewProps): JSX.Element {
  const { id, host, live, client, cpuUnit, onClose } = props;
  const dialog = useModalDialog(onClose);
  const figures = useMemo(() => new ContainerFigures(client, live, id, host), [client, live, id, host]);
  useEffect(() => figures.start(), [figures]);
  const presence = figures.presence.value;
  const container = figures.container.value;
  const name = figures.name.value ?? id.slice(0, 12);
  return (
    <dialog class="container-view" ref={dialog} aria-labelledby="container-name">
      <header class="container-header">
        <h2 id="container-name">
          <bdi>{name}</bdi>
        </h2>
        <PresenceBadge presence={presence} container={container} />
        <Status live={live} />
        <button
          type="button"
          class="container-close"
          aria-label="Close"
          onClick={() => dialog.current?.close()}
        >
          <span aria-hidden="true">✕</span>
        </button>
      </header>
      <Problem live={live} />
      {presence.state === 'unknown' ? (
        <UnknownContainer />
      ) : (
        <>
          <ContainerFacts id={id} host={host} container={container} />
          <ContainerCharts figures={figures} name={name} cpuUnit={cpuUnit} />
          <RawData id={id} host={host} container={container} hasEnded={presence.state === 'ended'} />
        </>
      )}
    </dialog>
  );
}

function UnknownContainer(): JSX.Element {
  return (
    <p class="container-unknown">
      No container with this id is running, and the service has no history of it. The service keeps the
      history of an ended container for some minutes. A container that was created again has a new id: find it
      in the table.
    </p>
  );
}
