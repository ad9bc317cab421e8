/** How many digits of an id docker prints everywhere, with and without `--no-trunc`. */
const SHORT_ID = 12;

const LINE = /^([\da-f]{12,64}) ([A-Z].*)$/;

/** The containers that run, by what `docker ps` says of each (`Up 5 minutes`, `Restarting (1) 3 seconds ago`). */
export class RunningContainers {
  readonly #statuses = new Map<string, string>();

  constructor(statuses: Iterable<readonly [id: string, status: string]>) {
    for (const [id, status] of statuses) this.#statuses.set(id.slice(0, SHORT_ID), status);
  }

  /** By a container's id, or the first 12 digits of it. */
  has(id: string): boolean {
    return this.#statuses.has(id.slice(0, SHORT_ID));
  }

  /** Whether a container is between two runs. */
  isRestarting(id: string): boolean {
    return this.#statuses.get(id.slice(0, SHORT_ID))?.startsWith('Restarting') ?? false;
  }
}

/** Reads the output of `docker ps --no-trunc --format '{{.ID}} {{.Status}}'`; `undefined` when it is something else. */
export function parseDockerPs(stdout: string): RunningContainers | undefined {
  const statuses: [string, string][] = [];
  for (const line of stdout.split('\n').filter(Boolean)) {
    const [, id, status] = LINE.exec(line) ?? [];
    if (id === undefined || status === undefined) return undefined;
    statuses.push([id, status]);
  }
  return new RunningContainers(statuses);
}
