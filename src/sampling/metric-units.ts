import { BYTES_PER_MB, type FigureField } from './container-fields.js';

/** Converts between the unit of a figure and the base unit of its metric. */
interface Conversion {
  readonly toMetric: (figure: number) => number;
  readonly fromMetric: (value: number) => number;
}

const MEGABYTES: Conversion = {
  toMetric: (megabytes) => Math.round(megabytes * BYTES_PER_MB),
  fromMetric: (bytes) => Math.round((bytes / BYTES_PER_MB) * 1e6) / 1e6, // exact to one byte
};

/** The conversions between figures and Prometheus' base units, by the unit of the figure. */
export const METRIC_UNITS: Readonly<Record<FigureField['unit'], Conversion>> = {
  // Removes rounding noise: 0.1083, not 0.10830000000000001.
  percent: {
    toMetric: (percent) => Number((percent / 100).toPrecision(15)),
    fromMetric: (ratio) => Number((ratio * 100).toPrecision(15)),
  },
  memory: MEGABYTES,
  io: MEGABYTES,
  count: { toMetric: (count) => count, fromMetric: (value) => value },
};
