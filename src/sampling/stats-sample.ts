import type { ContainerStats, HostErrorCode, SkippedRow, SkipReason } from 'docker-stats-client';
import type { Clock } from './clock.js';

const REASONS: Readonly<Record<SkipReason, true>> = {
  restarting: true,
  starting: true,
  no_reading: true,
  timed_out: true,
  malformed: true,
};

/** Why rows are skipped. */
export const SKIP_REASONS = Object.keys(REASONS) as readonly SkipReason[];

/** One Docker host in a sample of several. */
export interface SampledHost {
  readonly name: string;
  /** Its sample; `undefined` if it gave none. */
  readonly sample: StatsSample | undefined;
  /** Why it gave none, and since when. */
  readonly failure: HostFailure | undefined;
}

/** Why a host has no figures. */
export interface HostFailure {
  readonly code: HostErrorCode;
  /** What is wrong, as a fixed text: safe for every client. */
  readonly reason: string;
  /** When its latest sample was taken; if it never gave one, when its first run started. */
  readonly since: Date;
}

/**
 * The result of one `docker stats` run: the containers, sorted by name and id, and the skipped rows. Or the results of several
 * hosts together; then the times are those of the oldest one, and the containers are sorted by host first.
 */
export interface StatsSample {
  /** When the run ended. */
  readonly sampledAt: Date;
  /** The same moment on the monotonic `Clock`, to compute ages. */
  readonly sampledAtMonotonicMs: number;
  /** When the source read the figures, on the monotonic `Clock`. Only if that is later, because the source stores figures. */
  readonly readAtMonotonicMs?: number;
  /** How long the run took. */
  readonly durationMs: number;
  readonly containers: readonly ContainerStats[];
  readonly skipped: readonly SkippedRow[];
  /**
   * Set if docker did not list the containers. Then a row that is skipped as `restarting` may be a stopped container. Never set for
   * several hosts: it is in the sample of each.
   */
  readonly hasUnknownStates?: true;
  /** The hosts, if the service has several. */
  readonly hosts?: readonly SampledHost[];
  /** What the source warns of, such as a partial result. */
  readonly warnings?: readonly string[];
  /** Set if this is only the part that an API key may see: the whole sample, and the patterns of the scope. */
  readonly partOf?: { readonly whole: StatsSample; readonly scope: string };
}

/** Returns the age of a sample in milliseconds. */
export function getAgeMs({ sampledAtMonotonicMs }: StatsSample, clock: Clock): number {
  return clock.now() - sampledAtMonotonicMs;
}

/** Returns when the source read the figures of a sample, on the monotonic `Clock`; `-Infinity` without a sample. */
export function getReadAt(sample: StatsSample | undefined): number {
  return sample?.readAtMonotonicMs ?? sample?.sampledAtMonotonicMs ?? -Infinity;
}

/** Whether a sample says the same as the one before, because its source stores figures and has no newer ones. */
export function hasSameFigures(before: StatsSample, sample: StatsSample): boolean {
  if (sample.readAtMonotonicMs === undefined) return false;
  const { hosts = [], warnings = [] } = sample;
  return (
    hosts.length === before.hosts?.length &&
    hosts.every((host, n) => isSameHost(host, before.hosts?.[n])) &&
    warnings.join('\n') === before.warnings?.join('\n')
  );
}

function isSameHost(a: SampledHost, b: SampledHost | undefined): boolean {
  return (
    a.name === b?.name &&
    a.failure?.code === b.failure?.code &&
    isSameTime(a.sample?.sampledAt, b.sample?.sampledAt)
  );
}

function isSameTime(a: Date | undefined, b: Date | undefined): boolean {
  return a?.getTime() === b?.getTime();
}
