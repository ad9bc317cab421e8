import type { JSX } from 'preact';
import { Cpu, Memory, Pids, Traffic } from './figures.js';
import type { RowContext } from './row-context.js';
import type { ProjectRow, Sums } from '../rows/group.js';
import type { SortField } from '../rows/sort.js';

interface ProjectRowProps {
  readonly row: ProjectRow;
  readonly context: RowContext;
}

/** The cells of a project: its name, which collapses it, and the sums of its containers. */
export function ProjectCells({ row, context }: ProjectRowProps): JSX.Element {
  return (
    <>
      {context.layout.columns.map(({ field, isFigure }) =>
        field === 'name' ? (
          <th key={field} scope="rowgroup" class="name">
            <ProjectName row={row} toggle={context.toggleProject} />
          </th>
        ) : (
          <td key={field} class={isFigure ? `${field} number` : field}>
            <Sum field={field} sums={row.sums} context={context} />
          </td>
        ),
      )}
    </>
  );
}

function ProjectName({
  row,
  toggle,
}: {
  readonly row: ProjectRow;
  readonly toggle: RowContext['toggleProject'];
}): JSX.Element {
  const name = row.project ?? 'No project';
  return (
    <button
      type="button"
      class="collapse"
      aria-expanded={!row.collapsed}
      title={name}
      onClick={() => toggle(row.project ?? '')}
    >
      <span class="arrow" aria-hidden="true" />
      <span class="text" dir="auto">
        {name}
      </span>
      <span class="count">{row.containers === 1 ? '1 container' : `${row.containers} containers`}</span>
    </button>
  );
}

interface SumProps {
  readonly field: SortField;
  readonly sums: Sums;
  readonly context: RowContext;
}

function Sum({ field, sums, context }: SumProps): JSX.Element | null {
  switch (field) {
    case 'name':
    case 'project':
    case 'image':
    case 'health':
      return null;
    case 'cpuUsage':
      return (
        <span class="with-line">
          <Cpu cpuUsage={sums.cpuUsage} unit={context.cpuUnit} />
        </span>
      );
    case 'memoryUsage':
      return (
        <span class="with-line">
          <Memory memoryUsage={sums.memoryUsage} memoryLimit={null} />
        </span>
      );
    case 'networkReceived':
    case 'networkSent':
    case 'blockRead':
    case 'blockWritten':
      return <Traffic mb={sums[field]} />;
    case 'pids':
      return <Pids pids={sums.pids} />;
  }
}
