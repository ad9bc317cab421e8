import type { Settings } from '../../config/settings.js';
import type { Clock } from '../clock.js';
import { SamplingPace } from '../pace/sampling-pace.js';
import { FailureLog } from '../sampler/failure-log.js';
import { RunObservers } from '../sampler/run-observers.js';
import { StatsSampler } from '../sampler/stats-sampler.js';
import type { HostFailure } from '../stats-sample.js';
import type { NamedSource, StatsSource } from '../stats-source.js';
import { StatsSourceError, type StatsSourceFailure } from '../stats-source.error.js';

/** The failure of a host whose run has not ended yet. */
const NO_FIGURES_YET: StatsSourceFailure = {
  code: 'docker_timeout',
  reason: 'The host is slow and has no figures yet',
  advice: 'check the load of the host; HOST_WAIT_MS sets how long a response waits for it',
};

/** A bug in the service. The log has the error. */
const UNEXPECTED = { code: 'docker_failed', publicMessage: 'The service cannot read the figures' } as const;

/** Why a host has no figures: a failure for clients, and the error for the log and for keys without a scope. */
export interface HostTrouble {
  readonly failure: HostFailure;
  readonly error: unknown;
}

/** A Docker host with its own source, sampler and pace. */
export class Host {
  /** Empty without `DOCKER_HOSTS`. */
  readonly name: string;
  readonly source: StatsSource;
  readonly pace: SamplingPace;
  readonly sampler: StatsSampler;
  readonly #observers: RunObservers;
  readonly #log: FailureLog;

  /** @param whole if this is a part of it: observers of the whole see the runs of the part, too, and the log has an outage once */
  constructor(
    { host, source }: NamedSource,
    private readonly settings: Settings,
    private readonly clock: Clock,
    whole?: Host,
  ) {
    this.name = host ?? '';
    this.source = source;
    this.pace = new SamplingPace(settings, clock);
    this.#observers = whole === undefined ? new RunObservers() : whole.#observers;
    this.#log = whole === undefined ? new FailureLog(source.system, clock, host) : whole.#log;
    this.sampler = new StatsSampler(source, settings, clock, this.pace, this.#observers, this.#log);
  }

  /**
   * Whether a response should wait for this host. Not while its run takes longer than `HOST_WAIT_MS`, and not shortly after a run
   * that did so or failed: then every response would wait.
   */
  get isWorthWaitingFor(): boolean {
    const { HOST_WAIT_MS, STATS_MAX_AGE_MS } = this.settings;
    const { runningSince, lastRun, failure } = this.sampler;
    const now = this.clock.now();
    if (runningSince !== undefined && now >= runningSince + HOST_WAIT_MS) return false;
    const wasBad = failure !== undefined || lastRun.durationMs > HOST_WAIT_MS;
    return !wasBad || (runningSince ?? now) > lastRun.endedAt + STATS_MAX_AGE_MS;
  }

  /** Returns why this host has no figures now: its last run failed, or its run takes long. */
  findTrouble(): HostTrouble {
    const { failure, lastSuccessAt } = this.sampler;
    const error = failure?.error ?? new StatsSourceError(NO_FIGURES_YET, NO_FIGURES_YET.reason);
    const { code, publicMessage } = error instanceof StatsSourceError ? error : UNEXPECTED;
    return { error, failure: { code, reason: publicMessage, since: lastSuccessAt } };
  }
}
