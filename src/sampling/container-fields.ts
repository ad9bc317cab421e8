import type { BasicContainerStats, ContainerStats } from 'docker-stats-client';

/** 1 MB of every size: 1024 * 1024 bytes, as the original service counts. */
export const BYTES_PER_MB = 2 ** 20;

/** A metric as Prometheus has it: what all its series share. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
}

/** How every format shows a field. */
interface Shown {
  /** What the field means, for the OpenAPI document. */
  readonly description: string;
  /** The title of its column in docker's table. Two fields with the same title share one cell: `A / B`. */
  readonly column?: string;
  /** The title of its column in the basic table, where it is not that of docker's table. */
  readonly basicColumn?: string;
}

/** A field that says which container it is. Docker's table shows the first 12 digits of an `id`. */
type TextField = Shown & ({ readonly unit: 'id' } | { readonly unit: 'text' });

/** A field that says how much a container uses. */
export interface FigureField extends Shown {
  /**
   * What the figure counts:
   * - `percent`: %; a ratio in its metric
   * - `memory`: MB, which docker prints in powers of 1024; bytes in its metric
   * - `io`: MB, which docker prints in powers of 1000; bytes in its metric
   * - `count`: a number of things
   */
  readonly unit: 'percent' | 'memory' | 'io' | 'count';
  readonly metric?: MetricFamily;
  /** The label `direction` of its series, where two fields share one metric. */
  readonly direction?: string;
}

type Flag<Name extends string, Is extends boolean> = Is extends true
  ? { readonly [N in Name]: true }
  : { readonly [N in Name]?: false };

/** What the type of a field demands of its declaration. */
type FieldOf<K extends keyof ContainerStats> = (ContainerStats[K] extends string | null
  ? TextField
  : FigureField) &
  Flag<'isNullable', null extends ContainerStats[K] ? true : false> &
  Flag<'isBasic', K extends keyof BasicContainerStats ? true : false>;

const ROUNDED = 'from text that docker rounds to 3 digits';

const NETWORK_IO: MetricFamily = {
  name: 'docker_container_network_io_bytes_total',
  help: `Bytes that the container has received and sent since it started; ${ROUNDED}.`,
  type: 'counter',
};

const DISK_IO: MetricFamily = {
  name: 'docker_container_disk_io_bytes_total',
  help: `Bytes that the container has read from and written to block devices since it started; ${ROUNDED}.`,
  type: 'counter',
};

/**
 * Every field of {@link ContainerStats}, in the order of the JSON. CSV, table, OpenAPI document and metrics follow from it.
 * The metrics have the names of OpenTelemetry's `container.*`, and not those of cAdvisor, which counts differently.
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
  cpuUsage: {
    unit: 'percent',
    description: 'CPU in % as docker counts it: 100 is one core.',
    isBasic: true,
    column: 'CPU %',
    metric: {
      name: 'docker_container_cpu_usage_ratio',
      help: 'CPU that the container uses: 1 is one core.',
      type: 'gauge',
    },
  },
  memoryUsage: {
    unit: 'memory',
    description: 'Memory in MB.',
    isNullable: true,
    isBasic: true,
    column: 'MEM USAGE / LIMIT',
    basicColumn: 'MEM USAGE',
    metric: {
      name: 'docker_container_memory_usage_bytes',
      help: 'Memory that the container uses, without the page cache, as docker counts it; from text that docker rounds to 4 digits.',
      type: 'gauge',
    },
  },
  memoryLimit: {
    unit: 'memory',
    description: 'The limit of its memory in MB; that of the host where it has none.',
    isNullable: true,
    column: 'MEM USAGE / LIMIT',
    metric: {
      name: 'docker_container_memory_limit_bytes',
      help: 'Memory that the container may use: that of the host, where it has no limit; from text that docker rounds to 4 digits.',
      type: 'gauge',
    },
  },
  memoryPercent: {
    unit: 'percent',
    description: 'Memory in % of the limit.',
    isNullable: true,
    column: 'MEM %',
  },
  networkReceived: {
    unit: 'io',
    description: 'Received over the network in MB, since the container started.',
    isNullable: true,
    column: 'NET I/O',
    metric: NETWORK_IO,
    direction: 'receive',
  },
  networkSent: {
    unit: 'io',
    description: 'Sent over the network in MB, since the container started.',
    isNullable: true,
    column: 'NET I/O',
    metric: NETWORK_IO,
    direction: 'transmit',
  },
  blockRead: {
    unit: 'io',
    description: 'Read from block devices in MB, since the container started.',
    isNullable: true,
    column: 'BLOCK I/O',
    metric: DISK_IO,
    direction: 'read',
  },
  blockWritten: {
    unit: 'io',
    description: 'Written to block devices in MB, since the container started.',
    isNullable: true,
    column: 'BLOCK I/O',
    metric: DISK_IO,
    direction: 'write',
  },
  pids: {
    unit: 'count',
    description: 'Processes and threads.',
    isNullable: true,
    column: 'PIDS',
    metric: {
      name: 'docker_container_pids',
      help: 'Processes and threads of the container.',
      type: 'gauge',
    },
  },
} satisfies { readonly [K in keyof ContainerStats]: FieldOf<K> };

/** The names of the fields of {@link ContainerStats} that have values of one type. */
type NameOf<V> = {
  [K in keyof ContainerStats]: ContainerStats[K] extends V ? K : never;
}[keyof ContainerStats];

interface Flags {
  /** Whether docker may give no value. */
  readonly isNullable?: boolean;
  /** Whether the basic view has it, too. */
  readonly isBasic?: boolean;
}

/** A field of {@link ContainerStats}, with its name: that of the JSON, and of its column in CSV. */
export type ContainerField = Flags &
  (
    | ({ readonly name: NameOf<string | null> } & TextField)
    | ({ readonly name: NameOf<number | null> } & FigureField)
  );

/** Every field of a container, in the order of the JSON. */
export const CONTAINER_FIELDS: readonly ContainerField[] = Object.entries(FIELDS).map(
  ([name, field]) => ({ name, ...field }) as ContainerField,
);

/** Those of the basic view. */
export const BASIC_FIELDS = CONTAINER_FIELDS.filter(({ isBasic }) => isBasic);
