import { constants } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import type { ContainerStats } from 'docker-stats-client';
import { SharedBody } from '../http/responses/shared-body.js';
import {
  BYTES_PER_MB,
  CONTAINER_FIELDS,
  type FigureField,
  isFigure,
  type MetricFamily,
} from '../sampling/container-fields.js';
import type { StatsSample } from '../sampling/stats-sample.js';
import { SampleCache } from '../sampling/sample-cache.js';
import { TimeSlices } from '../sampling/time-slices.js';
import { formatMetricHeader, formatLabels } from './text-format.js';

/** Converts figures to Prometheus' base units, by unit. */
const CONVERTERS: Readonly<Record<FigureField['unit'], (figure: number) => number>> = {
  // Removes rounding noise: 0.1083, not 0.10830000000000001.
  percent: (percent) => Number((percent / 100).toPrecision(15)),
  memory: toBytes,
  io: toBytes,
  count: (count) => count,
};

/** The fields with a metric; each gives one series per container. */
const SERIES = CONTAINER_FIELDS.flatMap((field) => {
  if (!isFigure(field) || field.metric === undefined) return [];
  const { name, unit, metric, direction } = field;
  const label = direction === undefined ? '' : `,${formatLabels({ direction })}`;
  return [{ name, metric, label, toBaseUnit: CONVERTERS[unit] }];
});

const METRICS = [...new Set(SERIES.map(({ metric }) => metric))].map((metric) => ({
  metric,
  series: SERIES.filter((series) => series.metric === metric),
}));

const DOCKER_UP: MetricFamily = {
  name: 'docker_up',
  help: 'Whether docker returned a sample for this scrape: 1 if yes; 0 if not, and then there are no container metrics.',
  type: 'gauge',
};

/** The text if docker returns no sample: only `docker_up 0`. */
export const NO_CONTAINERS = createBody(Buffer.from(formatDockerUp(0)));

const CACHE_ID = 'metrics';

/** How much text is converted to bytes at once. */
const CHUNK_LENGTH = 65_536;

/**
 * Formats the containers of samples for Prometheus: each sample once, in time slices. For 10,000 containers (80,000 series),
 * prom-client takes about 5 times as long, and blocks the event loop all that time.
 */
@Injectable()
export class ContainerMetrics {
  readonly #cache = new SampleCache<SharedBody>();

  /** Returns the text if it is cached or being made. */
  find(sample: StatsSample): Promise<SharedBody> | undefined {
    return this.#cache.get(sample, CACHE_ID);
  }

  /** Returns the text. A missing figure has no series. */
  getText(sample: StatsSample): Promise<SharedBody> {
    return this.#cache.getOrMake(sample, CACHE_ID, sample.partOf === undefined, () => format(sample));
  }
}

async function format({ containers, partOf }: StatsSample): Promise<SharedBody> {
  const chunks: Buffer[] = [];
  const slices = new TimeSlices(partOf === undefined ? 'shared' : 'own');
  const rows: { readonly container: ContainerStats; readonly labels: string }[] = [];
  await slices.forEach(containers, (container) => {
    const labels = formatLabels({ name: container.name, id: container.id });
    // Prometheus rejects a scrape with duplicate series. Duplicate rows are adjacent: containers are sorted by name and id.
    if (labels !== rows.at(-1)?.labels) rows.push({ container, labels });
  });
  let chunk = '';
  for (const { metric, series } of METRICS) {
    chunk += formatMetricHeader(metric);
    // oxlint-disable-next-line no-await-in-loop -- the series of a metric must be adjacent
    await slices.forEach(rows, ({ container, labels }) => {
      for (const { name, label, toBaseUnit } of series) {
        const figure = container[name];
        if (figure !== null) chunk += `${metric.name}{${labels}${label}} ${toBaseUnit(figure)}\n`;
      }
      if (chunk.length < CHUNK_LENGTH) return;
      chunks.push(Buffer.from(chunk));
      chunk = '';
    });
  }
  return createBody(Buffer.concat([...chunks, Buffer.from(chunk + formatDockerUp(1))]));
}

function createBody(bytes: Buffer): SharedBody {
  return new SharedBody(bytes, constants.Z_BEST_SPEED);
}

/** Included in the cached text, so that `docker_up` always agrees with the container metrics of the same response. */
function formatDockerUp(value: 0 | 1): string {
  return `${formatMetricHeader(DOCKER_UP)}${DOCKER_UP.name} ${value}\n`;
}

function toBytes(megabytes: number): number {
  return Math.round(megabytes * BYTES_PER_MB);
}
