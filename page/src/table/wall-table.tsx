import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import '../styles/wall.css';
import type { CpuUnit } from '../units/format-cpu.js';
import { chooseCpuScale } from './cells/cpu-scale.js';
import { Cpu, Memory, Status } from './cells/figures.js';
import type { RowContext } from './cells/row-context.js';
import { chooseUntil, Sparkline } from './cells/sparkline.js';
import { HostList, type HostListProps } from './hosts/host-list.js';
import { hasSeveralHosts } from '../live/host-samples.js';
import { arrangeRows } from './rows/arrange.js';
import { type ContainerRow, addHost } from './rows/row.js';
import { type Size, useSize } from './use-size.js';

export interface WallTableProps extends Pick<RowContext, 'getRecent'>, HostListProps {
  readonly cpuUnit: CpuUnit;
}

/** A screen that is not high has fewer rows rather than lower ones, in pixels. */
const MIN_ROW_HEIGHT = 64;
const MIN_ROWS = 8;
const MAX_ROWS = 12;
const HEADER_ROWS = 0.5;

/** The columns are about so many rows wide; on a phone, without the lines, the limits and the health. */
const WIDTH_IN_ROWS = 20;
const NARROW_WIDTH_IN_ROWS = 9;
const NARROW_BELOW = 600;

/** Until it is measured, only the first row is drawn. */
const NO_SIZE: Size = { width: 0, height: 0 };

/** For a screen on the wall: the busiest containers in large type, as many as fit. */
export function WallTable(props: WallTableProps): JSX.Element {
  const { stats, filter } = props;
  const [box, setBox] = useState<HTMLElement | null>(null);
  const size = useSize(box) ?? NO_SIZE;
  const sort = { field: 'cpuUsage', descending: true } as const;
  const rows = arrangeRows(stats, { filter, sort, groupBy: undefined });
  const containers = rows.filter((row) => row.kind === 'container');
  const rowHeight = chooseRowHeight(size, containers.length);
  const shown = containers.slice(0, Math.max(Math.floor(size.height / rowHeight - HEADER_ROWS), 1));
  return (
    <>
      {hasSeveralHosts(stats) && <HostList {...props} />}
      <div
        class={`wall-table ${size.width < NARROW_BELOW ? 'narrow' : ''}`}
        ref={setBox}
        style={{ '--row-height': `${rowHeight}px` }}
      >
        <table aria-label="The busiest containers">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col" class="cpuUsage number">
                CPU
              </th>
              <th scope="col" class="memoryUsage number">
                Memory
              </th>
              <th scope="col" class="health">
                Health
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <WallRow key={row.key} {...props} row={row} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function chooseRowHeight({ width, height }: Size, containers: number): number {
  const rows = Math.min(Math.max(containers + HEADER_ROWS, MIN_ROWS), MAX_ROWS);
  const widthInRows = width < NARROW_BELOW ? NARROW_WIDTH_IN_ROWS : WIDTH_IN_ROWS;
  return Math.floor(Math.min(Math.max(height / rows, MIN_ROW_HEIGHT), width / widthInRows));
}

function WallRow(props: WallTableProps & { readonly row: ContainerRow }): JSX.Element {
  const { row, stats, cpuUnit, getRecent } = props;
  const { id, host, name, project, cpuUsage, memoryUsage, memoryLimit, state, health } = row.container;
  return (
    <tr>
      <th scope="row" class="name">
        <bdi>{addHost(name, hasSeveralHosts(stats) ? row.host : null)}</bdi>
        <span class="project">{project}</span>
      </th>
      <td class="cpuUsage number">
        <span class="with-line">
          <Sparkline
            id={id}
            host={host}
            name={name}
            field="cpuUsage"
            until={chooseUntil(Date.parse(stats.sampledAt), 0)}
            minTop={5}
            getRecent={getRecent}
          />
          <Cpu cpuUsage={cpuUsage} unit={cpuUnit} scale={chooseCpuScale(stats)} />
        </span>
      </td>
      <td class="memoryUsage number">
        <span class="with-line">
          <Memory memoryUsage={memoryUsage} memoryLimit={memoryLimit} />
        </span>
      </td>
      <td class="health">
        <Status state={state} health={health} />
      </td>
    </tr>
  );
}
