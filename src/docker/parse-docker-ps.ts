import { linesOf } from './lines-of.js';
import { TimeSlices } from '../sampling/time-slices.js';

/** How many digits of an id docker prints everywhere, with and without `--no-trunc`. */
const SHORT_ID = 12;

const LINE = /^([\da-f]{12,64}) ([A-Z].*)$/;

/** The containers that run, by what `docker ps` says of each (`Up 5 minutes`, `Restarting (1) 3 seconds ago`). */
export class RunningContainers {
  /** @param statuses by the first 12 digits of the ids */
  constructor(private readonly statuses: ReadonlyMap<string, string>) {}

  /** By a container's id, or the first 12 digits of it. */
  has(id: string): boolean {
    return this.statuses.has(shortened(id));
  }

  /** Whether a container is between two runs. */
  isRestarting(id: string): boolean {
    return this.statuses.get(shortened(id))?.startsWith('Restarting') ?? false;
  }
}

/**
 * Reads the output of `docker ps --no-trunc --format '{{.ID}} {{.Status}}'`; `undefined` when it is something else. Reads
 * in time slices: the text may be many megabytes.
 */
export async function parseDockerPs(stdout: string): Promise<RunningContainers | undefined> {
  const statuses = new Map<string, string>();
  const areAllRead = await new TimeSlices('sample').every(linesOf(stdout), (line) => {
    if (line === '') return true;
    const [, id, status] = LINE.exec(line) ?? [];
    if (id === undefined || status === undefined) return false;
    statuses.set(shortened(id), status);
    return true;
  });
  return areAllRead ? new RunningContainers(statuses) : undefined;
}

function shortened(id: string): string {
  return id.slice(0, SHORT_ID);
}
