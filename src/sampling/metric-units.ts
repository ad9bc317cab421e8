import { BYTES_PER_MB, type FigureField } from './container-fields.js';

/** Converts between the unit of a figure and the base unit of its metric. */
interface Conversion {
  readonly toMetric: (figure: number) => number;
  readonly fromMetric: (value: number) => number;
}

function toBytes(megabytes: number): number {
  return Math.round(megabytes * BYTES_PER_MB);
}

/** The conversions between figures and Prometheus' base units, by the unit of the figure. */
export const METRIC_UNITS: Readonly<Record<FigureField['unit'], Conversion>> = {
  // Removes rounding noise: 0.1083, not 0.10830000000000001.
  percent: {
    toMetric: (percent) => Number((percent / 100).toPrecision(15)),
    fromMetric: (ratio) => Number((ratio * 100).toPrecision(15)),
  },
  // Docker prints binary units, such as 102.9MiB, which is no whole number of bytes: the figure is exact to one byte.
  memory: { toMetric: toBytes, fromMetric: (bytes) => Math.round((bytes / BYTES_PER_MB) * 1e6) / 1e6 },
  // Docker prints decimal units, such as 1.02kB, which is a whole number of bytes.
  io: { toMetric: toBytes, fromMetric: (bytes) => bytes / BYTES_PER_MB },
  count: { toMetric: (count) => count, fromMetric: (value) => value },
};
