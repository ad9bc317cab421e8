/** How many digits of an id docker prints everywhere, with and without `--no-trunc`. */
const SHORT_ID = 12;

const LINE = /^([\da-f]{12,64}) ([a-z]+)$/;

/** The states of the containers that run, as `docker ps` names them (`running`, `paused`, `restarting`). */
export class RunningContainers {
  readonly #states: ReadonlyMap<string, string>;

  constructor(states: Iterable<readonly [id: string, state: string]>) {
    this.#states = new Map(Array.from(states, ([id, state]) => [id.slice(0, SHORT_ID), state]));
  }

  /** The state of a container by its id or the first 12 digits of it; `undefined` when it does not run. */
  stateOf(id: string): string | undefined {
    return this.#states.get(id.slice(0, SHORT_ID));
  }
}

/** Reads the output of `docker ps --no-trunc --format '{{.ID}} {{.State}}'`; `undefined` when it is something else. */
export function parseDockerPs(stdout: string): RunningContainers | undefined {
  const states: [string, string][] = [];
  for (const line of stdout.split('\n').filter(Boolean)) {
    const [, id, state] = LINE.exec(line) ?? [];
    if (id === undefined || state === undefined) return undefined;
    states.push([id, state]);
  }
  return new RunningContainers(states);
}
