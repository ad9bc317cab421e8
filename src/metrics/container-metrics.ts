import { Injectable } from '@nestjs/common';
import type { ContainerStats } from 'docker-stats-client';
import type { StatsSample } from '../sampling/stats-sample.js';
import { SampleCache } from '../sampling/sample-cache.js';
import { TimeSlices } from '../sampling/time-slices.js';
import { ContainerText } from './container-text.js';
import { headOf, labelsText, type Metric } from './exposition.js';

/** A figure of a container, and what tells its series from others of the same metric. */
interface Series {
  readonly direction?: string;
  readonly valueOf: (container: ContainerStats) => number | null;
}

const ROUNDED = 'from text that docker rounds to 3 digits';

/** Every metric of a container. The names follow OpenTelemetry's `container.*`; they are not those of cAdvisor, which count otherwise. */
const METRICS: readonly (Metric & { readonly series: readonly Series[] })[] = [
  {
    name: 'docker_container_cpu_usage_ratio',
    help: 'CPU that the container uses: 1 is one core.',
    type: 'gauge',
    series: [{ valueOf: ({ cpuUsage }) => ratio(cpuUsage) }],
  },
  {
    name: 'docker_container_memory_usage_bytes',
    help: 'Memory that the container uses, without the page cache, as docker counts it; from text that docker rounds to 4 digits.',
    type: 'gauge',
    series: [{ valueOf: ({ memoryUsage }) => bytes(memoryUsage) }],
  },
  {
    name: 'docker_container_memory_limit_bytes',
    help: 'Memory that the container may use: that of the host, where it has no limit; from text that docker rounds to 4 digits.',
    type: 'gauge',
    series: [{ valueOf: ({ memoryLimit }) => bytes(memoryLimit) }],
  },
  {
    name: 'docker_container_network_io_bytes_total',
    help: `Bytes that the container has received and sent since it started; ${ROUNDED}.`,
    type: 'counter',
    series: [
      { direction: 'receive', valueOf: ({ networkReceived }) => bytes(networkReceived) },
      { direction: 'transmit', valueOf: ({ networkSent }) => bytes(networkSent) },
    ],
  },
  {
    name: 'docker_container_disk_io_bytes_total',
    help: `Bytes that the container has read from and written to block devices since it started; ${ROUNDED}.`,
    type: 'counter',
    series: [
      { direction: 'read', valueOf: ({ blockRead }) => bytes(blockRead) },
      { direction: 'write', valueOf: ({ blockWritten }) => bytes(blockWritten) },
    ],
  },
  {
    name: 'docker_container_pids',
    help: 'Processes and threads of the container.',
    type: 'gauge',
    series: [{ valueOf: ({ pids }) => pids }],
  },
];

const ID = 'metrics';

/** How much text becomes bytes at once. */
const PIECE_LENGTH = 65_536;

/** Writes the containers of samples in Prometheus' text format: each sample once, and in time slices. */
@Injectable()
export class ContainerMetrics {
  readonly #cache = new SampleCache<ContainerText>();

  /** What {@link textOf} has written already, or is writing. */
  find(sample: StatsSample): Promise<ContainerText> | undefined {
    return this.#cache.get(sample, ID);
  }

  /** The text. A figure that docker does not give has no series. */
  textOf(sample: StatsSample): Promise<ContainerText> {
    return this.#cache.getOrMake(sample, ID, sample.partOf === undefined, () => write(sample));
  }
}

async function write({ containers, partOf }: StatsSample): Promise<ContainerText> {
  const pieces: Buffer[] = [];
  const slices = new TimeSlices(partOf === undefined ? 'shared' : 'own');
  let piece = '';
  for (const { series, ...metric } of METRICS) {
    piece += headOf(metric);
    let last: ContainerStats | undefined;
    // oxlint-disable-next-line no-await-in-loop -- one metric after the other
    await slices.forEach(containers, (container) => {
      // They are sorted by name and id: a row that docker printed twice would spoil all the others of the answer.
      if (last === undefined || last.id !== container.id || last.name !== container.name) {
        for (const one of series) piece += seriesText(metric.name, one, container);
      }
      last = container;
      if (piece.length < PIECE_LENGTH) return;
      pieces.push(Buffer.from(piece));
      piece = '';
    });
  }
  return new ContainerText(Buffer.concat([...pieces, Buffer.from(piece)]));
}

function seriesText(name: string, { direction, valueOf }: Series, container: ContainerStats): string {
  const value = valueOf(container);
  if (value === null) return '';
  const labels = { name: container.name, id: container.id, ...(direction !== undefined && { direction }) };
  return `${name}{${labelsText(labels)}} ${value}\n`;
}

/** A percentage as a ratio, in as many digits as it has: 0.1083, not 0.10830000000000001. */
function ratio(percent: number): number {
  return Number((percent / 100).toPrecision(15));
}

/** The bytes of a figure in MB. */
function bytes(megabytes: number | null): number | null {
  return megabytes === null ? null : Math.round(megabytes * 2 ** 20);
}
