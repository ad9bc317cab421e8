import type { ContainerStats } from 'docker-stats-client';
import { Component, type JSX } from 'preact';
import { haveSameValues } from '../../memo.js';
import {
  Cpu,
  type CpuProps,
  Memory,
  type MemoryProps,
  Pids,
  Status,
  Traffic,
  needsAttention,
} from './figures.js';
import type { RowContext } from './row-context.js';
import type { ContainerRow } from '../rows/row.js';
import type { Column } from '../columns.js';
import type { SortField } from '../rows/sort.js';
import { shortenImage } from './short-image.js';
import { Sparkline, type SparklineProps } from './sparkline.js';

interface ContainerRowProps {
  readonly row: ContainerRow;
  readonly context: RowContext;
  /** Milliseconds since the Unix epoch at the right edge of the lines. */
  readonly until: number;
}

/** The cells of a container. */
export function ContainerCells(props: ContainerRowProps): JSX.Element {
  return (
    <>
      {props.context.layout.columns.map((column) => (
        <Cell key={column.field} column={column} content={createContent(column.field, props)} />
      ))}
    </>
  );
}

interface CellProps {
  readonly column: Column;
  /** All its properties are compared with `===`. */
  readonly content: JSX.Element;
}

/** A cell. It is drawn again only if its content has other properties. */
class Cell extends Component<CellProps> {
  override shouldComponentUpdate({ content }: CellProps): boolean {
    const shown = this.props.content;
    return content.type !== shown.type || !haveSameValues(shown.props as object, content.props as object);
  }

  override render({ column: { field, isFigure }, content }: CellProps): JSX.Element {
    if (field !== 'name') return <td class={isFigure ? `${field} number` : field}>{content}</td>;
    return (
      <th scope="row" class="name">
        {content}
      </th>
    );
  }
}

function createContent(field: SortField, { row, context, until }: ContainerRowProps): JSX.Element {
  const { container, ended } = row;
  const { id, host, name, image, state, health, service } = container;
  const { hasTwoLines } = context.layout;
  const project = context.groupBy === 'project' ? null : container.project;
  const shownHost = context.layout.showsHosts ? row.host : null;
  const line = { id, host, name, until, getRecent: context.getRecent, isHidden: hasTwoLines };
  switch (field) {
    case 'name':
      return hasTwoLines ? (
        <NameInTwoLines {...{ id, host, name, context, shownHost, project, service, state, health, ended }} />
      ) : (
        <Name id={id} host={host} name={name} context={context} />
      );
    case 'host':
      return <Place host={shownHost} />;
    case 'project':
      return <Place project={project} service={service} />;
    case 'image':
      return <Image image={image} />;
    case 'cpuUsage':
      return (
        <CpuWithLine
          {...line}
          cpuUsage={container.cpuUsage}
          unit={context.cpuUnit}
          scale={context.cpuScale}
        />
      );
    case 'memoryUsage':
      return (
        <MemoryWithLine {...line} memoryUsage={container.memoryUsage} memoryLimit={container.memoryLimit} />
      );
    case 'networkReceived':
    case 'networkSent':
    case 'blockRead':
    case 'blockWritten':
      return <Traffic mb={container[field]} />;
    case 'pids':
      return <Pids pids={container.pids} />;
    case 'health':
      return ended === true ? <Ended /> : <Status state={state} health={health} />;
  }
}

interface NameProps {
  readonly id: string;
  readonly host: string | undefined;
  readonly name: string;
  readonly context: RowContext;
}

function Name({ id, host, name, context }: NameProps): JSX.Element {
  const open = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    context.openContainer(id, host);
  };
  return (
    <a href={context.getContainerUrl(id, host)} title={name} dir="auto" onClick={open}>
      {name}
    </a>
  );
}

type SecondLineProps = Pick<ContainerStats, 'project' | 'service' | 'state' | 'health'> & {
  readonly shownHost: string | null;
  readonly ended: true | undefined;
};

function NameInTwoLines(props: NameProps & SecondLineProps): JSX.Element {
  const { id, host, name, context, shownHost, project, service, ended } = props;
  return (
    <>
      <Name id={id} host={host} name={name} context={context} />
      <span class="second-line">
        {ended === true ? <Ended /> : needsAttention(props) && <Status {...props} />}
        <Place host={shownHost} project={project} service={service} />
      </span>
    </>
  );
}

type LineProps = Pick<SparklineProps, 'id' | 'host' | 'name' | 'until' | 'getRecent'> & {
  readonly isHidden: boolean;
};

function CpuWithLine({ isHidden, cpuUsage, unit, scale, ...line }: LineProps & CpuProps): JSX.Element {
  return (
    <span class="with-line">
      {!isHidden && <Sparkline {...line} field="cpuUsage" minTop={5} />}
      <Cpu cpuUsage={cpuUsage} unit={unit} scale={scale} />
    </span>
  );
}

function MemoryWithLine({
  isHidden,
  memoryUsage,
  memoryLimit,
  ...line
}: LineProps & MemoryProps): JSX.Element {
  return (
    <span class="with-line">
      {!isHidden && <Sparkline {...line} field="memoryUsage" minTop={1} />}
      <Memory memoryUsage={memoryUsage} memoryLimit={memoryLimit} />
    </span>
  );
}

/** Where a container belongs, except to its group: the project and the service, the host, or on a phone all. */
function Place({
  host,
  project,
  service,
}: { [K in 'host' | 'project' | 'service']?: string | null }): JSX.Element | null {
  const text = [host, project, service].filter(Boolean).join(' / ');
  if (text === '') return null;
  return (
    <span class="project" title={text} dir="auto">
      {text}
    </span>
  );
}

function Image({ image }: Pick<ContainerStats, 'image'>): JSX.Element | null {
  if (image === null) return null;
  return (
    <span title={image} dir="auto">
      {shortenImage(image)}
    </span>
  );
}

function Ended(): JSX.Element {
  return <span class="health-status ended">ended</span>;
}
