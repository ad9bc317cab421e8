import type { ContainerStats, FullStats } from 'docker-stats-client';
import type { GroundTruth, KnownContainer } from './ground-truth.js';

/** After this time, the CPU and memory of a container are those of its load. */
const SETTLE_MS = 3000;

const CONTAINER_KEYS =
  'id,name,image,project,service,state,health,createdAt,cpuUsage,memoryUsage,memoryLimit,memoryPercent,' +
  'networkReceived,networkSent,blockRead,blockWritten,pids';

/** A sample of the service, compared with the ground truth. */
export interface CheckedSample {
  readonly stats: FullStats;
  /** The first thing that is wrong; `undefined` for a correct sample. */
  readonly problem: string | undefined;
  /** Whether it contains every container that ran from its start to its end. */
  readonly isComplete: boolean;
  /** Whether docker was down, or not yet recovered, at any time of the sample. */
  readonly overlapsOutage: boolean;
  /** How many short-lived containers it had to contain. */
  readonly shortLivedExpected: number;
}

export function checkSample(stats: FullStats, truth: GroundTruth): CheckedSample {
  const [start, end] = getStartAndEnd(stats);
  const overlapsOutage = end > truth.outage.startedAt && start < truth.outage.recoveredAt;
  const expected = truth.containers.filter(({ from, to }) => from < start && to > end);
  const missing = expected.filter(({ id }) => stats.containers.every((container) => container.id !== id));
  const wronglyMissing = missing.find((container) => !overlapsOutage || !isSkipped(stats, container));
  return {
    stats,
    problem: findProblem(stats, truth, wronglyMissing),
    isComplete: missing.length === 0,
    overlapsOutage,
    shortLivedExpected: expected.filter(({ isPlausible }) => isPlausible === undefined).length,
  };
}

function findProblem(
  stats: FullStats,
  truth: GroundTruth,
  wronglyMissing: KnownContainer | undefined,
): string | undefined {
  const { containers, outage, maxRunMs } = truth;
  const [start, end] = getStartAndEnd(stats);
  const isEmpty = stats.containers.length === 0;

  const malformed = findMalformedRow(stats);
  if (malformed !== undefined) return `malformed: ${JSON.stringify(malformed)}`;

  if (stats.durationMs > maxRunMs) return `durationMs is ${stats.durationMs}, more than ${maxRunMs}`;

  if (start > outage.downFrom && end < outage.downUntil) return 'taken while docker was down';
  if (isEmpty && end > outage.downFrom && end < outage.downUntil) return 'empty while docker was down';
  if (isEmpty && containers.some(({ from, to }) => from < end && to > end)) {
    return 'empty while containers ran';
  }

  if (wronglyMissing !== undefined) return `without ${wronglyMissing.name}: ${JSON.stringify(stats)}`;

  const possible = containers.filter(({ earliest, latest }) => earliest < end && latest > start);
  const unexpected = stats.containers.find((row) => possible.every(({ name }) => name !== row.name));
  if (unexpected !== undefined) return `${unexpected.name} did not run`;

  const settled = containers.filter(({ from, to }) => from + SETTLE_MS < start && to > end);
  const implausible = stats.containers.find((row) => !hasPlausibleValues(row, settled));
  if (implausible !== undefined) return `implausible: ${JSON.stringify(implausible)}`;

  return undefined;
}

function getStartAndEnd({ sampledAt, durationMs }: FullStats): [start: number, end: number] {
  const end = Date.parse(sampledAt);
  return [end - durationMs, end];
}

function findMalformedRow({ containers, skipped }: FullStats): object | undefined {
  return (
    containers.find(
      (row) =>
        Object.keys(row).join(',') !== CONTAINER_KEYS ||
        !/^[\da-f]{64}$/.test(row.id) ||
        ![row.cpuUsage, row.memoryUsage].every(Number.isFinite),
    ) ?? skipped.find((row) => Object.keys(row).join(',') !== 'container,id,project,reason')
  );
}

/** Whether the sample lists the container as one without values. Such a row may have a short id. */
function isSkipped({ skipped }: FullStats, container: KnownContainer): boolean {
  return skipped.some(
    ({ id, reason }) =>
      (reason === 'no_reading' || reason === 'timed_out') && id !== null && container.id.startsWith(id),
  );
}

function hasPlausibleValues(row: ContainerStats, settled: readonly KnownContainer[]): boolean {
  return settled.find(({ id }) => id === row.id)?.isPlausible?.(row) ?? true;
}
