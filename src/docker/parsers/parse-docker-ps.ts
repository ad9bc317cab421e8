import { splitLines } from './split-lines.js';
import { TimeSlices } from '../../sampling/time-slices.js';

/** The number of digits of a truncated id. */
const SHORT_ID = 12;

const LINE = /^([\da-f]{12,64}) ([A-Z].*)$/;

/** The running containers, with the status that `docker ps` prints (`Up 5 minutes`, `Restarting (1) 3 seconds ago`). */
export class RunningContainers {
  /** @param statuses by the first 12 digits of the id */
  constructor(private readonly statuses: ReadonlyMap<string, string>) {}

  /** @param id the id of a container, or at least its first 12 digits */
  has(id: string): boolean {
    return this.statuses.has(truncateId(id));
  }

  /** Whether a container has stopped and is about to be restarted. */
  isRestarting(id: string): boolean {
    return this.statuses.get(truncateId(id))?.startsWith('Restarting') ?? false;
  }
}

/**
 * Parses the output of `docker ps --no-trunc --format '{{.ID}} {{.Status}}'`; `undefined` if it has another format. Works in
 * time slices, because the text may have many megabytes.
 */
export async function parseDockerPs(stdout: string): Promise<RunningContainers | undefined> {
  const statuses = new Map<string, string>();
  const isValid = await new TimeSlices('sample').every(splitLines(stdout), (line) => {
    if (line === '') return true;
    const [, id, status] = LINE.exec(line) ?? [];
    if (id === undefined || status === undefined) return false;
    statuses.set(truncateId(id), status);
    return true;
  });
  return isValid ? new RunningContainers(statuses) : undefined;
}

function truncateId(id: string): string {
  return id.slice(0, SHORT_ID);
}
