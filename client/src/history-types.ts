import type { ContainerStats } from './wire-types.js';

/** The figures of a container: its values that are numbers. */
export type Figure = {
  [K in keyof ContainerStats]-?: ContainerStats[K] extends number | null ? K : never;
}[keyof ContainerStats];

/** Totals since the start of the container, which docker rounds to 3 digits. */
export type CounterFigure = 'networkReceived' | 'networkSent' | 'blockRead' | 'blockWritten';

/** How fast a total grows, in MB/s. */
export type RateField = `${CounterFigure}Rate`;

/** What `fields` may name. */
export type HistoryField = Figure | RateField;

/** A value per time; `null` where there is none. */
export type HistoryColumn = readonly (number | null)[];

/** One container in {@link History} or {@link HostsHistory}, with a column for each requested field. */
export type ContainerHistory = {
  /** The Docker host. Only if the service has several (`DOCKER_HOSTS`). */
  readonly host?: string;
  readonly id: string;
  readonly name: string;
} & { readonly [F in HistoryField]?: HistoryColumn };

/** The body of `GET /stats/history` without `DOCKER_HOSTS`, and that of one container. */
export interface History {
  /** The times of the columns, ISO 8601. */
  readonly sampledAt: readonly string[];
  readonly hosts?: undefined;
  readonly containers: readonly ContainerHistory[];
}

/** When a Docker host was sampled. */
export interface HostTimes {
  readonly name: string;
  /** The times of the columns of its containers, ISO 8601. */
  readonly sampledAt: readonly string[];
}

/** The body of `GET /stats/history` with `DOCKER_HOSTS`: each host is sampled at its own times. */
export interface HostsHistory {
  readonly sampledAt?: undefined;
  /** The hosts that have samples. */
  readonly hosts: readonly HostTimes[];
  readonly containers: readonly ContainerHistory[];
}

/** One container in {@link HistoryPoints}: each field has the average of a step (a total: the last value), and its extremes. */
export type ContainerPoints = ContainerHistory & {
  readonly [F in `${HistoryField}${'Min' | 'Max'}`]?: HistoryColumn;
};

/** The body of `GET /stats/history?points=N`. */
export interface HistoryPoints {
  /** The starts of the steps, ISO 8601. */
  readonly sampledAt: readonly string[];
  readonly containers: readonly ContainerPoints[];
}

/** One field of a container over a window. A value is `null` if there is none. `avg` and `p95` of a total are `null`. */
export interface FieldSummary {
  readonly min: number | null;
  readonly avg: number | null;
  readonly max: number | null;
  /** 95th percentile: 95 % of the values are not higher. */
  readonly p95: number | null;
}

/** One container in {@link HistorySummary}. */
export type ContainerSummary = {
  /** The Docker host. Only if the service has several (`DOCKER_HOSTS`). */
  readonly host?: string;
  readonly id: string;
  readonly name: string;
  /** How many samples of the window have the container. */
  readonly samples: number;
} & { readonly [F in HistoryField]?: FieldSummary };

/** The body of `GET /stats/history?view=summary`. */
export interface HistorySummary {
  /** When the first sample of the window was taken, ISO 8601; `null` without a sample. */
  readonly since: string | null;
  /** When the last sample of the window was taken. */
  readonly until: string | null;
  /** How many samples the window has, of all hosts together. */
  readonly samples: number;
  readonly containers: readonly ContainerSummary[];
}
