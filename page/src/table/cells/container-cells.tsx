import type { ContainerStats } from 'docker-stats-client';
import type { JSX } from 'preact';
import { Cpu, Memory, Pids, Status, Traffic, needsAttention } from './figures.js';
import type { RowContext } from './row-context.js';
import type { ContainerRow } from '../rows/row.js';
import type { SortField } from '../rows/sort.js';
import { shortenImage } from './short-image.js';
import { Sparkline } from './sparkline.js';

interface ContainerRowProps {
  readonly row: ContainerRow;
  readonly context: RowContext;
}

/** The cells of a container. */
export function ContainerCells({ row, context }: ContainerRowProps): JSX.Element {
  return (
    <>
      {context.layout.columns.map(({ field, isFigure }) =>
        field === 'name' ? (
          <th key={field} scope="row" class="name">
            <Name row={row} context={context} />
          </th>
        ) : (
          <td key={field} class={isFigure ? `${field} number` : field}>
            <Cell field={field} row={row} context={context} />
          </td>
        ),
      )}
    </>
  );
}

function Name({ row, context }: ContainerRowProps): JSX.Element {
  const { id, name, state, health } = row.container;
  const open = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    context.openContainer(id);
  };
  return (
    <>
      <a href={context.getContainerUrl(id)} title={name} dir="auto" onClick={open}>
        {name}
      </a>
      {context.layout.hasTwoLines && (
        <span class="second-line">
          {row.ended === true ? (
            <Ended />
          ) : (
            needsAttention(row.container) && <Status state={state} health={health} />
          )}
          <Project container={row.container} isGrouped={context.isGrouped} />
        </span>
      )}
    </>
  );
}

function Cell({
  field,
  row,
  context,
}: ContainerRowProps & { readonly field: SortField }): JSX.Element | null {
  const { container } = row;
  switch (field) {
    case 'name':
      return null;
    case 'project':
      return <Project container={container} isGrouped={context.isGrouped} />;
    case 'image':
      return container.image === null ? null : (
        <span title={container.image} dir="auto">
          {shortenImage(container.image)}
        </span>
      );
    case 'cpuUsage':
      return (
        <span class="with-line">
          <Line row={row} context={context} field={field} minTop={5} />
          <Cpu cpuUsage={container.cpuUsage} unit={context.cpuUnit} scale={context.cpuScale} />
        </span>
      );
    case 'memoryUsage':
      return (
        <span class="with-line">
          <Line row={row} context={context} field={field} minTop={1} />
          <Memory memoryUsage={container.memoryUsage} memoryLimit={container.memoryLimit} />
        </span>
      );
    case 'networkReceived':
    case 'networkSent':
    case 'blockRead':
    case 'blockWritten':
      return <Traffic mb={container[field]} />;
    case 'pids':
      return <Pids pids={container.pids} />;
    case 'health':
      return row.ended === true ? <Ended /> : <Status state={container.state} health={container.health} />;
  }
}

interface LineProps extends ContainerRowProps {
  readonly field: 'cpuUsage' | 'memoryUsage';
  readonly minTop: number;
}

function Line({ row, context, field, minTop }: LineProps): JSX.Element | null {
  if (context.layout.hasTwoLines) return null;
  const recent = context.getRecent(row.key);
  return (
    <Sparkline
      name={row.container.name}
      times={recent?.times ?? []}
      values={recent?.[field] ?? []}
      until={context.sampledAtMs}
      minTop={minTop}
    />
  );
}

interface ProjectProps {
  readonly container: ContainerStats;
  readonly isGrouped: boolean;
}

/** The project and the service; among the rows of its project only the service. */
function Project({ container: { project, service }, isGrouped }: ProjectProps): JSX.Element | null {
  const text = [isGrouped ? null : project, service].filter((part) => part !== null).join(' / ');
  if (text === '') return null;
  return (
    <span class="project" title={text} dir="auto">
      {text}
    </span>
  );
}

function Ended(): JSX.Element {
  return <span class="health-status ended">ended</span>;
}
