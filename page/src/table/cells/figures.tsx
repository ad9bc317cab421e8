import type { ContainerStats } from 'docker-stats-client';
import type { JSX } from 'preact';
import { formatMemory, formatTraffic } from '../../units/format-bytes.js';
import { type CpuUnit, formatCpu } from '../../units/format-cpu.js';
import { MISSING } from '../../units/missing.js';

/** A figure and its unit. The figures of a column are aligned, because the units have a fixed width. */
export function Figure({ text }: { readonly text: string }): JSX.Element {
  const [figure = '', unit] = text.split('\u00a0');
  return (
    <span class="figure">
      {figure}
      {unit !== undefined && <span class="unit">{`\u00a0${unit}`}</span>}
    </span>
  );
}

/** A thin bar under a figure, 0 to 1 of the width. A transform needs no layout. */
export function Bar({
  share,
  isFull = false,
}: {
  readonly share: number;
  readonly isFull?: boolean;
}): JSX.Element {
  const transform = `scaleX(${Math.min(Math.max(share, 0), 1).toFixed(3)})`;
  return (
    <span class="bar" aria-hidden="true">
      <span class={isFull ? 'full' : ''} style={{ transform }} />
    </span>
  );
}

/** CPU with a bar of which the whole is `scale` %. */
export function Cpu(props: {
  readonly cpuUsage: number | null;
  readonly unit: CpuUnit;
  readonly scale?: number;
}): JSX.Element {
  const { cpuUsage, unit, scale } = props;
  return (
    <span class="gauge">
      <Figure text={formatCpu(cpuUsage, unit)} />
      {scale !== undefined && <Bar share={(cpuUsage ?? 0) / scale} />}
    </span>
  );
}

const NEARLY_FULL = 0.9;

/** Memory with a bar against its limit. */
export function Memory({
  memoryUsage,
  memoryLimit,
}: Pick<ContainerStats, 'memoryUsage' | 'memoryLimit'>): JSX.Element {
  const share = memoryUsage === null || memoryLimit === null ? null : memoryUsage / memoryLimit;
  return (
    <>
      <span class="gauge">
        <Figure text={formatMemory(memoryUsage)} />
        {share !== null && <Bar share={share} isFull={share >= NEARLY_FULL} />}
      </span>
      <span class="limit">{memoryLimit === null ? '' : `of ${formatMemory(memoryLimit)}`}</span>
    </>
  );
}

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
