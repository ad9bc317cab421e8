import { readSettings } from '../../../src/config/read-settings.js';
import type { Host } from '../../../src/sampling/hosts/host.js';
import { ListedHosts } from '../../../src/sampling/hosts/listed-hosts.js';
import type { SamplingPace } from '../../../src/sampling/pace/sampling-pace.js';
import type { StatsSample } from '../../../src/sampling/stats-sample.js';
import type { RunObserver } from '../../../src/sampling/sampler/run-observers.js';
import type { Freshness } from '../../../src/sampling/sampler/sample-reader.js';
import type { StatsSampler } from '../../../src/sampling/sampler/stats-sampler.js';
import { createDockerStatsService } from '../docker/create-docker-stats-service.js';
import { FakeClock } from './fake-clock.js';
import { FakeDocker } from './fake-docker.js';

/** How long a run takes by default. */
export const RUN_MS = 1500;

export const DAEMON_DOWN = 'Cannot connect to the Docker daemon';

/** The result of a read so far: the run that the sample is from, or the error code. Empty while the read waits. */
export interface Outcome {
  run?: string | undefined;
  code?: unknown;
}

/** How a test reads. */
interface ReadOptions extends Freshness {
  readonly signal?: AbortSignal;
  readonly client?: string;
}

/** A sampler with a fake clock and a fake docker. Default settings: interval 2 s, max age 5 s. */
export class SamplerTest {
  readonly clock = new FakeClock();
  readonly docker = new FakeDocker(this.clock);
  readonly hosts: ListedHosts;
  readonly pace: SamplingPace;
  readonly sampler: StatsSampler;

  constructor(env: NodeJS.ProcessEnv = {}) {
    const settings = readSettings(env);
    this.docker.durationMs = RUN_MS;
    const source = createDockerStatsService(this.docker, settings, this.clock);
    this.hosts = new ListedHosts({ create: () => [{ host: undefined, source }] }, settings, this.clock);
    const [{ pace, sampler }] = this.hosts.all as [Host];
    this.pace = pace;
    this.sampler = sampler;
  }

  /** The start times of the runs, in milliseconds since the first. */
  get startTimes(): number[] {
    const [first = 0] = this.docker.startTimes;
    return this.docker.startTimes.map((start) => start - first);
  }

  /** Finds a sample, or waits for one, as a request does. */
  async getSample({ signal, client, ...freshness }: ReadOptions = {}): Promise<StatsSample> {
    return (
      this.sampler.findSample(freshness, client) ??
      (await this.sampler.waitForSample(freshness, signal, client))
    );
  }

  /** Starts a read. The outcome is updated when the read ends. */
  read(options?: ReadOptions): Outcome {
    const outcome: Outcome = {};
    this.getSample(options).then(
      ({ containers }) => (outcome.run = containers[0]?.name),
      (error: unknown) => (outcome.code = getErrorCode(error)),
    );
    return outcome;
  }

  /** Returns the outcome of a read without moving the clock. */
  async readAtOnce(options?: ReadOptions): Promise<Outcome> {
    const outcome = this.read(options);
    await this.clock.advance(0);
    return outcome;
  }

  /** Takes a sample and returns it at age 0. */
  async sampleNow(): Promise<StatsSample> {
    const sample = this.getSample();
    await this.clock.advance(RUN_MS);
    return sample;
  }
}

/** To be spread into an observer that needs only some events. */
export const IGNORE_RUNS: RunObserver = {
  onStart: () => undefined,
  onSharedRead: () => undefined,
  onSample: () => undefined,
  onFailure: () => undefined,
  onPlannedSampleUsed: () => undefined,
  onPlannedSampleUnused: () => undefined,
};

export function getErrorCode(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}
