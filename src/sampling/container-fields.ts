import type {
  BasicContainerStats,
  ContainerHealth,
  ContainerState,
  ContainerStats,
} from 'docker-stats-client';

/** 1 MB is 1024 * 1024 bytes in every field. */
export const BYTES_PER_MB = 2 ** 20;

/** The values of `state`. */
export const CONTAINER_STATES = [
  'running',
  'paused',
  'restarting',
] as const satisfies readonly ContainerState[];

/** The values of `health`. */
export const CONTAINER_HEALTHS = [
  'healthy',
  'unhealthy',
  'starting',
] as const satisfies readonly ContainerHealth[];

/** A Prometheus metric: what all its series share. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
}

/** How the formats show a field. */
interface Presentation {
  /** The description in the OpenAPI document. */
  readonly description: string;
  /** The column title in docker's table. Two fields with the same title share a cell: `A / B`. */
  readonly column?: string;
  /** The column title in the basic table, if it differs from docker's. */
  readonly basicColumn?: string;
}

/** A field that says what the container is. Docker's table shows the first 12 digits of an `id`. `time` is ISO 8601. */
export interface TextField extends Presentation {
  readonly unit: 'id' | 'text' | 'time';
  /** All values that the field can have. */
  readonly values?: readonly string[];
  /** The metric: the time in seconds, or one series per value, 1 for the current one and 0 for the others. */
  readonly metric?: MetricFamily;
}

/** A numeric field: how much the container uses. */
export interface FigureField extends Presentation {
  /**
   * The unit of the figure:
   * - `percent`: %; the metric is a ratio
   * - `memory`: MB; docker prints powers of 1024; the metric is in bytes
   * - `io`: MB; docker prints powers of 1000; the metric is in bytes
   * - `count`: a plain number
   */
  readonly unit: 'percent' | 'memory' | 'io' | 'count';
  readonly metric?: MetricFamily;
  /** The value of the label `direction`, if two fields share the metric. */
  readonly direction?: string;
}

type Flag<Name extends string, Is extends boolean> = Is extends true
  ? { readonly [N in Name]: true }
  : { readonly [N in Name]?: false };

/** The names of the fields that every container has. */
type ListedName = Exclude<keyof ContainerStats, 'host'>;

/** The declaration that the type of a field requires. */
type Declaration<K extends ListedName> = (ContainerStats[K] extends string | null ? TextField : FigureField) &
  Flag<'isNullable', null extends ContainerStats[K] ? true : false> &
  Flag<'isBasic', K extends keyof BasicContainerStats ? true : false>;

const ROUNDED = 'computed from text that docker rounds to 3 digits';

const NETWORK_IO: MetricFamily = {
  name: 'docker_container_network_io_bytes_total',
  help: `Bytes that the container received and sent since it started; ${ROUNDED}.`,
  type: 'counter',
};

const DISK_IO: MetricFamily = {
  name: 'docker_container_disk_io_bytes_total',
  help: `Bytes that the container read from and wrote to block devices since it started; ${ROUNDED}.`,
  type: 'counter',
};

/** The metric whose labels say what the container is. */
export const CONTAINER_INFO: MetricFamily = {
  name: 'docker_container_info',
  help: 'Image, project and service of the container, if they are known; the value is always 1.',
  type: 'gauge',
};

/** The metric of the containers without figures. Such a container need not have {@link CONTAINER_INFO}, so it has its project here. */
export const CONTAINER_SKIPPED: MetricFamily = {
  name: 'docker_container_skipped',
  help: 'Container without figures, with the reason; the value is always 1. No series if docker gives the figures of all containers.',
  type: 'gauge',
};

/**
 * The fields of {@link ContainerStats} after the host, in the order of the JSON. CSV, table, OpenAPI document and metrics are derived from it.
 * The metric names follow OpenTelemetry's `container.*`. cAdvisor's names would mislead: it counts differently.
 */
const FIELDS = {
  id: {
    unit: 'id',
    description: 'The container id.',
    column: 'CONTAINER ID',
  },
  name: {
    unit: 'text',
    description: "The container's name.",
    isBasic: true,
    column: 'NAME',
  },
  image: {
    unit: 'text',
    description: 'The image as docker names it: `nginx:1.29`, a digest, or an id.',
    isNullable: true,
    column: 'IMAGE',
  },
  project: {
    unit: 'text',
    description: 'The Compose project, the stack of a swarm, or the Kubernetes namespace.',
    isNullable: true,
    column: 'PROJECT',
  },
  service: {
    unit: 'text',
    description:
      'The service of the project, as Compose or the swarm names it; in Kubernetes `POD/CONTAINER`.',
    isNullable: true,
    column: 'SERVICE',
  },
  state: {
    unit: 'text',
    description: 'The state of the container.',
    isNullable: true,
    values: CONTAINER_STATES,
    column: 'STATE',
    metric: {
      name: 'docker_container_state',
      help: 'State of the container: 1 for the current state, 0 for the others.',
      type: 'gauge',
    },
  },
  health: {
    unit: 'text',
    description: 'The result of the health check; `null` if the container has none, or is paused.',
    isNullable: true,
    values: CONTAINER_HEALTHS,
    column: 'HEALTH',
    metric: {
      name: 'docker_container_health',
      help: 'Result of the health check: 1 for the current result, 0 for the others. No series if the container has no health check, or is paused.',
      type: 'gauge',
    },
  },
  createdAt: {
    unit: 'time',
    description: 'When the container was created.',
    isNullable: true,
    column: 'CREATED',
    metric: {
      name: 'docker_container_created_timestamp_seconds',
      help: 'When the container was created, in seconds since 1970.',
      type: 'gauge',
    },
  },
  cpuUsage: {
    unit: 'percent',
    description: 'CPU usage in %, as docker counts it: 100 is one core.',
    isBasic: true,
    column: 'CPU %',
    metric: {
      name: 'docker_container_cpu_usage_ratio',
      help: 'CPU usage of the container: 1 is one core.',
      type: 'gauge',
    },
  },
  memoryUsage: {
    unit: 'memory',
    description: 'Memory usage in MB.',
    isNullable: true,
    isBasic: true,
    column: 'MEM USAGE / LIMIT',
    basicColumn: 'MEM USAGE',
    metric: {
      name: 'docker_container_memory_usage_bytes',
      help: 'Memory usage of the container without the page cache, as docker counts it; computed from text that docker rounds to 4 digits.',
      type: 'gauge',
    },
  },
  memoryLimit: {
    unit: 'memory',
    description: 'The memory limit in MB; the memory of the host if the container has no limit.',
    isNullable: true,
    column: 'MEM USAGE / LIMIT',
    metric: {
      name: 'docker_container_memory_limit_bytes',
      help: 'Memory limit of the container, or the memory of the host if it has no limit; computed from text that docker rounds to 4 digits.',
      type: 'gauge',
    },
  },
  memoryPercent: {
    unit: 'percent',
    description: 'Memory usage in % of the limit.',
    isNullable: true,
    column: 'MEM %',
  },
  networkReceived: {
    unit: 'io',
    description: 'MB received over the network since the container started.',
    isNullable: true,
    column: 'NET I/O',
    metric: NETWORK_IO,
    direction: 'receive',
  },
  networkSent: {
    unit: 'io',
    description: 'MB sent over the network since the container started.',
    isNullable: true,
    column: 'NET I/O',
    metric: NETWORK_IO,
    direction: 'transmit',
  },
  blockRead: {
    unit: 'io',
    description: 'MB read from block devices since the container started.',
    isNullable: true,
    column: 'BLOCK I/O',
    metric: DISK_IO,
    direction: 'read',
  },
  blockWritten: {
    unit: 'io',
    description: 'MB written to block devices since the container started.',
    isNullable: true,
    column: 'BLOCK I/O',
    metric: DISK_IO,
    direction: 'write',
  },
  pids: {
    unit: 'count',
    description: 'Number of processes and threads.',
    isNullable: true,
    column: 'PIDS',
    metric: {
      name: 'docker_container_pids',
      help: 'Number of processes and threads in the container.',
      type: 'gauge',
    },
  },
} satisfies { readonly [K in ListedName]: Declaration<K> };

/** The names of the fields of {@link ContainerStats} whose values have the type `V`. */
type FieldName<V> = {
  [K in ListedName]: ContainerStats[K] extends V ? K : never;
}[ListedName];

interface Flags {
  /** Whether docker may omit the value. */
  readonly isNullable?: boolean;
  /** Whether the basic view includes the field. */
  readonly isBasic?: boolean;
}

/** A field of {@link ContainerStats} with its name in JSON and CSV. */
export type ContainerField = Flags &
  (
    | ({ readonly name: 'host' | FieldName<string | null> } & TextField)
    | ({ readonly name: FieldName<number | null> } & FigureField)
  );

/** The field before the others, if the service has several Docker hosts. */
export const HOST_FIELD: ContainerField & TextField = {
  name: 'host',
  unit: 'text',
  description: 'The Docker host. Only if `DOCKER_HOSTS` is set.',
  isBasic: true,
  column: 'HOST',
};

/** The fields that every container has, in the order of the JSON. */
export const CONTAINER_FIELDS: readonly ContainerField[] = Object.entries(FIELDS).map(
  ([name, field]) => ({ name, ...field }) as ContainerField,
);

/** Whether a field is a figure: a number, or `null`. */
export function isFigure(field: ContainerField): field is ContainerField & FigureField {
  return field.unit !== 'id' && field.unit !== 'text' && field.unit !== 'time';
}

/** The fields of the basic view that every container has. */
export const BASIC_FIELDS = CONTAINER_FIELDS.filter(({ isBasic }) => isBasic);

/** Returns the fields of a view, in the order of the JSON. */
export function getViewFields(view: 'full' | undefined, hasHosts: boolean): readonly ContainerField[] {
  const fields = view === 'full' ? CONTAINER_FIELDS : BASIC_FIELDS;
  return hasHosts ? [HOST_FIELD, ...fields] : fields;
}
