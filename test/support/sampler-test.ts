import { readSettings } from '../../src/config/read-settings.js';
import type { StatsSample } from '../../src/sampling/stats-sample.js';
import { type ReadOptions, StatsSampler } from '../../src/sampling/stats-sampler.js';
import { dockerSource } from './docker-source.js';
import { FakeClock } from './fake-clock.js';
import { FakeDocker } from './fake-docker.js';

/** How long a run takes where a test does not say. */
export const RUN_MS = 1500;

export const DAEMON_DOWN = 'Cannot connect to the Docker daemon';

/** What a read has come to, so far; a sample is known by the run that it is of. */
export interface Outcome {
  run?: string | undefined;
  code?: unknown;
}

/** A sampler in fake time, over a fake docker. The settings are the defaults: interval 2 s, max age 5 s, idle after 60 s. */
export class SamplerTest {
  readonly clock = new FakeClock();
  readonly docker = new FakeDocker(this.clock);
  readonly sampler: StatsSampler;

  constructor(env: NodeJS.ProcessEnv = {}) {
    const settings = readSettings(env);
    this.docker.durationMs = RUN_MS;
    const source = dockerSource(this.docker, settings, this.clock);
    this.sampler = new StatsSampler(source, settings, this.clock);
  }

  /** When the runs started, in milliseconds after the first. */
  get starts(): number[] {
    const [first = 0] = this.docker.starts;
    return this.docker.starts.map((start) => start - first);
  }

  /** Reads, and tells what has come of it. */
  read(options?: ReadOptions): Outcome {
    const outcome: Outcome = {};
    this.sampler.read(options).then(
      ({ containers }) => (outcome.run = containers[0]?.name),
      (error: unknown) => (outcome.code = codeOf(error)),
    );
    return outcome;
  }

  /** The answer to a read that needs no waiting. */
  async readAtOnce(options?: ReadOptions): Promise<Outcome> {
    const outcome = this.read(options);
    await this.clock.advance(0);
    return outcome;
  }

  /** Reads and waits for a sample, of which the age is then 0. */
  async sampleNow(): Promise<StatsSample> {
    const reading = this.sampler.read();
    await this.clock.advance(RUN_MS);
    return reading;
  }
}

export function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}
