import type { StatsSample } from './stats-sample.js';

/**
 * Takes samples: the port between sampling and a container engine. It must not depend on HTTP, on clients or on the schedule.
 * To support another engine, extend this class and {@link StatsSources} in a new folder, and provide the latter in `StatsModule`.
 */
export abstract class StatsSource {
  /** What the figures are read from. */
  abstract readonly system: 'docker' | 'prometheus';

  /** How long a sample is used at most, however fresh its figures still are, in milliseconds. */
  readonly reuseMs: number = Infinity;

  /**
   * Takes one sample.
   *
   * @throws {StatsSourceError} if the engine returns no figures, or wrong ones
   */
  abstract sample(): Promise<StatsSample>;

  /**
   * Returns the version of the engine. Must be cheap: probes request it every few seconds.
   *
   * @throws {StatsSourceError} if the engine does not respond within `timeoutMs`, or is not supported
   */
  abstract readVersion(timeoutMs: number): Promise<string>;

  /** Counts the running containers; `undefined` if the engine does not respond within `timeoutMs`. */
  abstract countRunning(timeoutMs: number): Promise<number | undefined>;
}

/** A source, and the name of its host. Without `DOCKER_HOSTS`, there is one source, and its host has no name. */
export interface NamedSource {
  readonly host: string | undefined;
  readonly source: StatsSource;
}

/** Creates the sources of all hosts. */
export abstract class StatsSources {
  abstract create(): readonly NamedSource[];
}
