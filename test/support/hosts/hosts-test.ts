import { readSettings } from '../../../src/config/read-settings.js';
import type { Host } from '../../../src/sampling/hosts/host.js';
import { ListedHosts } from '../../../src/sampling/hosts/listed-hosts.js';
import type { Freshness, SampleReader } from '../../../src/sampling/sampler/sample-reader.js';
import type { StatsSample } from '../../../src/sampling/stats-sample.js';
import { createDockerStatsService } from '../docker/create-docker-stats-service.js';
import { FakeClock } from '../sampling/fake-clock.js';
import { FakeDocker } from '../sampling/fake-docker.js';

/** What each host gave: the run that its sample is from, or the code of its failure. */
export type Outcome = Readonly<Record<string, string>> | { code?: unknown };

/** Hosts with a fake clock and a fake docker each, and the reader of all of them. */
export class HostsTest<Name extends string> {
  readonly clock = new FakeClock();
  readonly dockers: Readonly<Record<Name, FakeDocker>>;
  readonly hosts: ListedHosts;
  readonly reader: SampleReader;

  constructor(names: readonly Name[], env: NodeJS.ProcessEnv = {}) {
    const settings = readSettings({ STATS_IDLE_AFTER_MS: '0', ...env });
    this.dockers = Object.fromEntries(names.map((name) => [name, new FakeDocker(this.clock)])) as Record<
      Name,
      FakeDocker
    >;
    const create = (): { host: string; source: ReturnType<typeof createDockerStatsService> }[] =>
      names.map((host) => ({
        host,
        source: createDockerStatsService(this.dockers[host], settings, this.clock, host),
      }));
    this.hosts = new ListedHosts({ create }, settings, this.clock);
    this.reader = findReader(this.hosts);
  }

  /** Returns a host. */
  get(name: Name): Host {
    const host = this.hosts.all.find((one) => one.name === name);
    if (host === undefined) throw new Error(`No host ${name}`);
    return host;
  }

  /** Finds a sample, or waits for one, as a request does. */
  async getSample(freshness: Freshness = {}, signal?: AbortSignal): Promise<StatsSample> {
    return this.reader.findSample(freshness) ?? (await this.reader.waitForSample(freshness, signal));
  }

  /** Starts a read. The outcome is `undefined` until the read ends. */
  read(freshness?: Freshness, signal?: AbortSignal): { value: Outcome | undefined } {
    const outcome: { value: Outcome | undefined } = { value: undefined };
    this.getSample(freshness, signal).then(
      (sample) => (outcome.value = toOutcome(sample)),
      (error: unknown) => (outcome.value = { code: (error as { code?: unknown }).code }),
    );
    return outcome;
  }

  /** Returns the outcome of a read without moving the clock. */
  async readAtOnce(freshness?: Freshness): Promise<Outcome | undefined> {
    const outcome = this.read(freshness);
    await this.clock.advance(0);
    return outcome.value;
  }
}

/** Returns what each host gave. */
export function toOutcome({ hosts = [], containers }: StatsSample): Outcome {
  return Object.fromEntries(
    hosts.map(({ name, failure }) => [
      name,
      failure?.code ?? containers.find(({ host }) => host === name)?.name ?? 'nothing',
    ]),
  );
}

function findReader(hosts: ListedHosts): SampleReader {
  const reader = hosts.findReader({});
  if (reader === undefined) throw new Error('There are no hosts');
  return reader;
}
