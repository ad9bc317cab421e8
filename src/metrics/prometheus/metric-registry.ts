import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The labels of a series. One without a value is left out. */
type Labels<L extends string> = Readonly<Partial<Record<L, string>>>;

/** The value of one series. */
interface Series<L extends string> {
  readonly labels: Labels<L>;
  readonly value: number;
}

/** For a metric without labels: its current value. For a metric with labels: its current series. */
type CurrentValue<L extends string> = readonly Series<L>[] | number | undefined;

interface MetricOptions<L extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly L[];
  /** Returns the value at each scrape. Only for values that are kept outside the metric. `undefined` means no series. */
  readonly read?: () => CurrentValue<L> | Promise<CurrentValue<L>>;
}

interface CounterOptions<L extends string> extends MetricOptions<L> {
  /** The labels of series that exist from the start, with value 0. */
  readonly zeros?: readonly Labels<L>[];
}

/** A separate prom-client registry: two services in one process must not share metrics. */
export class MetricRegistry {
  readonly #registry = new Registry();

  /** Adds a counter. */
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

  /** Adds a gauge. */
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

  /** Adds a histogram. */
  histogram<L extends string = never>({
    buckets,
    labelNames = [],
    ...config
  }: Omit<MetricOptions<L>, 'read'> & { readonly buckets: readonly number[] }): Histogram<L> {
    return new Histogram<L>({ ...config, labelNames, buckets: [...buckets], registers: [this.#registry] });
  }

  /** Formats all metrics in the Prometheus text format. */
  formatText(): Promise<string> {
    return this.#registry.metrics();
  }
}

/** Replaces all series of a metric by the current ones. */
async function refresh<L extends string>(
  metric: { reset(): void; remove(): void },
  read: NonNullable<MetricOptions<L>['read']>,
  set: (labels: Partial<Record<L, string>>, value: number) => void,
): Promise<void> {
  const current = await read();
  metric.reset();
  if (current === undefined) metric.remove();
  else if (typeof current === 'number') set({}, current);
  else current.forEach(({ labels, value }) => set(labels, value));
}
