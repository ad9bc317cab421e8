import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The value of one series. */
interface Series<L extends string> {
  readonly labels: Readonly<Record<L, string>>;
  readonly value: number;
}

/** What a metric has at the moment: its series; without labels, one value, or none. */
type Reading<L extends string> = readonly Series<L>[] | number | undefined;

interface MetricOptions<L extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly L[];
  /** Reads the metric at each scrape, where something else keeps it. */
  readonly read?: () => Reading<L> | Promise<Reading<L>>;
}

interface CounterOptions<L extends string> extends MetricOptions<L> {
  /** The labels of series that begin at 0. */
  readonly zeros?: readonly Readonly<Record<L, string>>[];
}

/** Metrics of prom-client, apart from those of other services in the same process. */
export class MetricRegistry {
  readonly #registry = new Registry();

  /** Adds a metric that only rises. */
  counter<L extends string = never>({ read, zeros = [], ...config }: CounterOptions<L>): Counter<L> {
    const counter = new Counter<L>({
      ...config,
      registers: [this.#registry],
      ...(read && {
        collect() {
          return refresh(this, read, (labels, value) => this.inc(labels, value));
        },
      }),
    });
    zeros.forEach((labels) => counter.inc(labels, 0));
    return counter;
  }

  /** Adds a metric that rises and falls. */
  gauge<L extends string = never>({ read, ...config }: MetricOptions<L>): Gauge<L> {
    return new Gauge<L>({
      ...config,
      registers: [this.#registry],
      ...(read && {
        collect() {
          return refresh(this, read, (labels, value) => this.set(labels, value));
        },
      }),
    });
  }

  /** Adds a metric that counts values by their size. */
  histogram(config: {
    readonly name: string;
    readonly help: string;
    readonly buckets: readonly number[];
  }): Histogram<never> {
    return new Histogram({ ...config, buckets: [...config.buckets], registers: [this.#registry] });
  }

  /** All of them in Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

/** Gives a metric the series that are read now, in place of all that it has. */
async function refresh<L extends string>(
  metric: { reset(): void; remove(): void },
  read: NonNullable<MetricOptions<L>['read']>,
  set: (labels: Partial<Record<L, string>>, value: number) => void,
): Promise<void> {
  const reading = await read();
  metric.reset();
  if (reading === undefined) metric.remove();
  else if (typeof reading === 'number') set({}, reading);
  else reading.forEach(({ labels, value }) => set(labels, value));
}
