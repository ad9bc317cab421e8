import type { StatsSample } from './stats-sample.js';

/**
 * Where samples come from: the port between sampling and a container engine. It knows nothing of HTTP, of clients, or of when
 * it is called. To support another engine, extend this class in a folder of its own and provide it in `StatsModule`.
 */
export abstract class StatsSource {
  /**
   * Takes one sample.
   *
   * @throws {StatsSourceError} when there are no figures, or wrong ones
   */
  abstract sample(): Promise<StatsSample>;

  /**
   * The version of the engine. Cheap: probes ask for it every few seconds.
   *
   * @throws {StatsSourceError} when the engine cannot be reached within `timeoutMs`, or is not supported
   */
  abstract version(timeoutMs: number): Promise<string>;

  /** How many containers run; `undefined` when the engine does not say so within `timeoutMs`. */
  abstract countRunning(timeoutMs: number): Promise<number | undefined>;
}
