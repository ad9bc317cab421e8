import { constants } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import type { ContainerStats } from 'docker-stats-client';
import { SharedBody } from '../http/responses/shared-body.js';
import {
  BYTES_PER_MB,
  CONTAINER_FIELDS,
  type FigureField,
  type MetricFamily,
} from '../sampling/container-fields.js';
import type { StatsSample } from '../sampling/stats-sample.js';
import { SampleCache } from '../sampling/sample-cache.js';
import { TimeSlices } from '../sampling/time-slices.js';
import { headOf, labelsText } from './exposition.js';

/** Figures in the base units of Prometheus, by their unit. */
const BASE_UNITS: Readonly<Record<FigureField['unit'], (figure: number) => number>> = {
  // In as many digits as it has: 0.1083, not 0.10830000000000001.
  percent: (percent) => Number((percent / 100).toPrecision(15)),
  memory: toBytes,
  io: toBytes,
  count: (count) => count,
};

/** The fields that have a metric: one series of each container. */
const SERIES = CONTAINER_FIELDS.flatMap((field) => {
  if (field.unit === 'id' || field.unit === 'text' || field.metric === undefined) return [];
  const { name, unit, metric, direction } = field;
  const label = direction === undefined ? '' : `,${labelsText({ direction })}`;
  return [{ name, metric, label, toBaseUnit: BASE_UNITS[unit] }];
});

const METRICS = [...new Set(SERIES.map(({ metric }) => metric))].map((metric) => ({
  metric,
  series: SERIES.filter((one) => one.metric === metric),
}));

const DOCKER_UP: MetricFamily = {
  name: 'docker_up',
  help: 'Whether docker gave the figures of the containers: 1 if it did; else 0, and there are none.',
  type: 'gauge',
};

/** The text where docker gives no sample. */
export const NO_CONTAINERS = bodyOf(Buffer.from(dockerUp(0)));

const ID = 'metrics';

/** How much text becomes bytes at once. */
const PIECE_LENGTH = 65_536;

/**
 * Writes the containers of samples in Prometheus' text format: each sample once, and in time slices.
 * prom-client takes about 5 times as long for 10,000 containers (80,000 series), and holds the event loop for all of it.
 */
@Injectable()
export class ContainerMetrics {
  readonly #cache = new SampleCache<SharedBody>();

  /** What {@link textOf} has written already, or is writing. */
  find(sample: StatsSample): Promise<SharedBody> | undefined {
    return this.#cache.get(sample, ID);
  }

  /** The text. A figure that docker does not give has no series. */
  textOf(sample: StatsSample): Promise<SharedBody> {
    return this.#cache.getOrMake(sample, ID, sample.partOf === undefined, () => write(sample));
  }
}

async function write({ containers, partOf }: StatsSample): Promise<SharedBody> {
  const pieces: Buffer[] = [];
  const slices = new TimeSlices(partOf === undefined ? 'shared' : 'own');
  const rows: { readonly container: ContainerStats; readonly labels: string }[] = [];
  await slices.forEach(containers, (container) => {
    const labels = labelsText({ name: container.name, id: container.id });
    // They are sorted by name and id: a row that docker printed twice would spoil all the others of the answer.
    if (labels !== rows.at(-1)?.labels) rows.push({ container, labels });
  });
  let piece = '';
  for (const { metric, series } of METRICS) {
    piece += headOf(metric);
    // oxlint-disable-next-line no-await-in-loop -- one metric after the other
    await slices.forEach(rows, ({ container, labels }) => {
      for (const { name, label, toBaseUnit } of series) {
        const figure = container[name];
        if (figure !== null) piece += `${metric.name}{${labels}${label}} ${toBaseUnit(figure)}\n`;
      }
      if (piece.length < PIECE_LENGTH) return;
      pieces.push(Buffer.from(piece));
      piece = '';
    });
  }
  return bodyOf(Buffer.concat([...pieces, Buffer.from(piece + dockerUp(1))]));
}

function bodyOf(bytes: Buffer): SharedBody {
  return new SharedBody(bytes, constants.Z_BEST_SPEED);
}

/** Ends the text, so that each response says of its own containers whether docker gave them. */
function dockerUp(value: 0 | 1): string {
  return `${headOf(DOCKER_UP)}${DOCKER_UP.name} ${value}\n`;
}

/** The bytes of a figure in MB. */
function toBytes(megabytes: number): number {
  return Math.round(megabytes * BYTES_PER_MB);
}
