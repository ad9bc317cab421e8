import type { ContainerStats } from 'docker-stats-client';
import type { JSX } from 'preact';
import { memo } from '../../memo.js';
import { formatMemory, formatTraffic } from '../../units/format-bytes.js';
import { type CpuUnit, formatCpu } from '../../units/format-cpu.js';
import { MISSING } from '../../units/missing.js';

interface FigureProps {
  readonly text: string;
  /** The length of a bar below the figure, 0 to 1. */
  readonly share?: number | undefined;
}

/** A figure and its unit. The figures of a column are aligned, because the units have a fixed width. */
export const Figure = memo(({ text, share }: FigureProps) => {
  const [figure = '', unit] = text.split('\u00a0');
  return (
    <span class={getFigureClass(share)}>
      {figure}
      {unit !== undefined && <span class="unit">{`\u00a0${unit}`}</span>}
      {share !== undefined && <i class="share" style={{ transform: `scaleX(${formatShare(share)})` }} />}
    </span>
  );
});

const NEARLY_FULL = 0.9;

function getFigureClass(share: number | undefined): string {
  if (share === undefined) return 'figure';
  return share < NEARLY_FULL ? 'figure bar' : 'figure bar full';
}

function formatShare(share: number): string {
  return Math.min(Math.max(share, 0), 1).toFixed(3);
}

export interface CpuProps {
  readonly cpuUsage: number | null;
  readonly unit: CpuUnit;
  /** The CPU in % of a whole bar. */
  readonly scale?: number | undefined;
}

/** CPU, with a bar if there is a scale. */
export function Cpu({ cpuUsage, unit, scale }: CpuProps): JSX.Element {
  return <Figure text={formatCpu(cpuUsage, unit)} share={scale && (cpuUsage ?? 0) / scale} />;
}

export type MemoryProps = Pick<ContainerStats, 'memoryUsage' | 'memoryLimit'>;

/** Memory with a bar against its limit. */
export const Memory = memo(({ memoryUsage, memoryLimit }: MemoryProps) => {
  const share = memoryUsage === null || memoryLimit === null ? undefined : memoryUsage / memoryLimit;
  return (
    <>
      <Figure text={formatMemory(memoryUsage)} share={share} />
      <span class="limit">{memoryLimit === null ? '' : `of ${formatMemory(memoryLimit)}`}</span>
    </>
  );
});

/** A total of the network or of disks. */
export function Traffic({ mb }: { readonly mb: number | null }): JSX.Element {
  return <Figure text={formatTraffic(mb)} />;
}

export function Pids({ pids }: { readonly pids: number | null }): JSX.Element {
  return <span class="figure">{pids ?? MISSING}</span>;
}

/** What needs attention has a shape and a colour besides its word. */
const STATUS_MARKS: Readonly<Record<string, string>> = {
  unhealthy: '▲',
  starting: '◌',
  paused: '‖',
  restarting: '↻',
};

type StatusProps = Pick<ContainerStats, 'state' | 'health'>;

/** Whether the status is a reason to look at the container. */
export function needsAttention(container: StatusProps): boolean {
  return getStatus(container) in STATUS_MARKS;
}

/** The health of a container, or its state if that says more. */
export function Status(container: StatusProps): JSX.Element {
  const status = getStatus(container);
  const mark = STATUS_MARKS[status];
  return (
    <span class={`health-status ${status}`}>
      {mark !== undefined && <span aria-hidden="true">{mark} </span>}
      {status}
    </span>
  );
}

function getStatus({ state, health }: StatusProps): string {
  return state !== null && state !== 'running' ? state : (health ?? state ?? 'unknown');
}
