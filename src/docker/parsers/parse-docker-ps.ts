import { TimeSlices } from '../../sampling/time-slices.js';
import {
  type ContainerDetails,
  ContainerList,
  type ListedContainer,
  UNKNOWN_DETAILS,
} from './container-list.js';
import { splitLines } from './split-lines.js';

/** The labels by which tools group containers: Compose, Swarm, and Kubernetes (set by dockershim and cri-dockerd). */
const GROUPS = [
  { project: 'com.docker.compose.project', service: ['com.docker.compose.service'] },
  { project: 'com.docker.stack.namespace', service: ['com.docker.swarm.service.name'] },
  {
    project: 'io.kubernetes.pod.namespace',
    service: ['io.kubernetes.pod.name', 'io.kubernetes.container.name'],
  },
] as const;

const LABELS = GROUPS.flatMap(({ project, service }) => [project, ...service]);

const FIELDS = [
  '.ID',
  '.Names',
  '.Image',
  '.Status',
  '.CreatedAt',
  ...LABELS.map((label) => `(.Label "${label}")`),
];

/**
 * The template for `docker ps`: a JSON array per container. `{{json .}}` would join all labels with commas, which values may
 * contain too.
 */
export const PS_TEMPLATE = `[${FIELDS.map((field) => `{{json ${field}}}`).join(',')}]`;

const ID = /^[\da-f]{12,64}$/;

/** Parsing a very long line would block the event loop. Only an unusual label makes a line that long. */
const MAX_LINE_LENGTH = 65_536;

/** A longer value is hardly a name, and every response would contain it. */
const MAX_VALUE_LENGTH = 512;

/** How `docker ps` shows the health in the status of a running container. */
const HEALTH: Readonly<Record<string, ContainerDetails['health']>> = {
  healthy: 'healthy',
  unhealthy: 'unhealthy',
  'health: starting': 'starting',
};

/**
 * Parses the output of `docker ps --no-trunc` with {@link PS_TEMPLATE}; `undefined` if it has another format. Works in time
 * slices, because the text may have many megabytes.
 */
export async function parseDockerPs(stdout: string): Promise<ContainerList | undefined> {
  const list = new ContainerList();
  const isValid = await new TimeSlices('sample').every(splitLines(stdout), (line) => {
    if (line === '') return true;
    const [id = '', ...values] = parseLine(line) ?? [];
    if (!ID.test(id)) return false;
    list.add(id, parseContainer(values));
    return true;
  });
  return isValid ? list : undefined;
}

/** Returns the strings in a line; only the id if the line is too long. */
function parseLine(line: string): string[] | undefined {
  if (line.length > MAX_LINE_LENGTH) return /^\["([\da-f]+)"/.exec(line)?.slice(1);
  try {
    const values: unknown = JSON.parse(line);
    return isStrings(values) && values.length === FIELDS.length ? values : undefined;
  } catch {
    return undefined;
  }
}

function isStrings(values: unknown): values is string[] {
  return Array.isArray(values) && values.every((value) => typeof value === 'string');
}

function parseContainer([names, image, status = '', createdAt = '', ...labels]: string[]): ListedContainer {
  const { isStopped, ...state } = parseStatus(status);
  return {
    name: toValue(names?.split(',').find((name) => !name.includes('/'))), // links of other containers: `other/alias`
    isStopped,
    details: {
      ...UNKNOWN_DETAILS,
      image: toValue(image),
      ...parseGroup(labels),
      ...state,
      createdAt: parseTime(createdAt),
    },
  };
}

/** Returns the project and the service by the labels of the first tool that has set some. */
function parseGroup(values: readonly string[]): Pick<ContainerDetails, 'project' | 'service'> {
  const labels = new Map<string, string>(LABELS.map((label, n) => [label, values[n] ?? '']));
  for (const group of GROUPS) {
    const project = toValue(labels.get(group.project));
    const service = toValue(
      group.service
        .map((label) => labels.get(label))
        .filter(Boolean)
        .join('/'),
    );
    if (project !== null || service !== null) return { project, service };
  }
  return { project: null, service: null };
}

/** Parses a status such as `Up 5 minutes (healthy)`, `Restarting (1) 3 seconds ago` or `Exited (0) 2 hours ago`. */
function parseStatus(status: string): Pick<ContainerDetails, 'state' | 'health'> & { isStopped: boolean } {
  if (status.startsWith('Restarting')) return { state: 'restarting', health: null, isStopped: false };
  if (!status.startsWith('Up')) {
    return { state: null, health: null, isStopped: /^(?:Exited|Created|Dead|Removal)/.test(status) };
  }
  const [, note = ''] = /\(([^()]*)\)$/.exec(status) ?? [];
  return { state: note === 'Paused' ? 'paused' : 'running', health: HEALTH[note] ?? null, isStopped: false };
}

/** Converts a time such as `2026-11-24 12:28:59 +0100 CET` to ISO 8601 in UTC. */
function parseTime(text: string): string | null {
  const [, date, time, hours, minutes] =
    /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)/.exec(text) ?? [];
  const parsed = new Date(`${date}T${time}${hours}:${minutes}`);
  return Number.isNaN(parsed.getTime()) ? null : parsed.toISOString().replace('.000Z', 'Z');
}

function toValue(text = ''): string | null {
  return text === '' || text.length > MAX_VALUE_LENGTH ? null : text;
}
