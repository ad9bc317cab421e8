import type { HostErrorCode } from 'docker-stats-client';
import type { Settings } from '../../config/settings.js';
import { sortByName } from '../../sampling/order.js';
import type { HostFailure } from '../../sampling/stats-sample.js';
import type { Row } from '../client/result-parser.js';
import { formatSelector } from './promql.js';
import {
  findLabelNames,
  identifyTarget,
  type LabelNames,
  PART_LABEL,
  type TargetId,
} from './target-labels.js';

/** How long a host without figures is remembered, in seconds; and the resolution of that memory. */
export const MEMORY_S = 3600;
const MEMORY = '[1h:1m]';

/** The parts of the query. */
type Part = 'scraped_at' | 'docker_up' | 'target_up' | 'last_success';

/** The texts for the codes of hosts without figures. */
const REASONS = {
  scrape_failed: 'Prometheus cannot scrape the host',
  docker_failed: 'The service on the host gets no figures from docker',
  figures_stale: 'The latest figures are older than STATS_MAX_AGE_MS',
  figures_gone: 'Prometheus had figures of the host in the last hour, and has none now',
  host_ambiguous:
    'Several targets have the name of this host: check PROMETHEUS_HOST_LABEL and PROMETHEUS_MATCHERS',
} as const satisfies Partial<Record<HostErrorCode, string>>;

/** A host, either with figures or with the reason why it has none. */
export type HostState =
  | { readonly name: string; readonly target: Target; readonly failure?: undefined }
  | { readonly name: string; readonly target?: undefined; readonly failure: HostFailure };

/** The target of Prometheus that gives the figures of a host. */
export interface Target extends TargetId {
  /** When its figures were scraped, in seconds since the Unix epoch. */
  readonly scrapedAt: number;
  readonly labelNames: LabelNames;
  /** Whether the storage has figures of the host from other targets or replicas, too. */
  readonly hasOthers: boolean;
}

/** All that one query says about the hosts. */
export interface HostStates {
  /** When the query was evaluated, in seconds since the Unix epoch as the storage writes it; `undefined` without any host. */
  readonly time: string | undefined;
  /** Sorted by name. */
  readonly hosts: readonly HostState[];
}

/** Creates the state of a host that had figures until this time, in seconds since the Unix epoch, and has none now. */
export function createGoneHost(name: string, since: number): HostState {
  const code = 'figures_gone';
  return { name, failure: { code, reason: REASONS[code], since: new Date(since * 1000) } };
}

/** Returns the expression that says of each host when it was scraped, whether that worked, and when it last worked. */
export function createHostsQuery(matchers: readonly string[]): string {
  const dockerUp = formatSelector('docker_up', matchers);
  const parts: Readonly<Record<Part, string>> = {
    scraped_at: `timestamp(${dockerUp})`,
    docker_up: dockerUp,
    target_up: formatSelector('up', matchers),
    last_success: `max_over_time((timestamp(${dockerUp}) and ${dockerUp} == 1)${MEMORY})`,
  };
  return Object.entries(parts)
    .map(([part, expression]) => `label_replace(${expression}, "${PART_LABEL}", "${part}", "", "")`)
    .join(' or ');
}

/** What is known of one target on one replica of Prometheus. */
interface Scrape extends TargetId {
  readonly labelNames: LabelNames;
  scrapedAt?: number;
  isDockerUp?: boolean;
}

interface KnownHost {
  readonly scrapes: Map<string, Scrape>;
  isTargetDown: boolean;
  lastSuccessAt?: number;
}

/** Reads the rows of {@link createHostsQuery}. */
export class HostStatesReader {
  readonly #hosts = new Map<string, KnownHost>();
  #time: string | undefined;

  constructor(private readonly settings: Settings) {}

  add({ metric, value: [time, text] = [0, ''] }: Row): void {
    const name = metric[this.settings.PROMETHEUS_HOST_LABEL];
    if (name === undefined || name === '') return;
    this.#time = String(time);
    const host = this.#hosts.get(name) ?? { scrapes: new Map<string, Scrape>(), isTargetDown: false };
    this.#hosts.set(name, host);
    const value = Number(text);
    switch (metric[PART_LABEL] as Part) {
      case 'scraped_at':
        this.#getScrape(host, metric).scrapedAt = value;
        break;
      case 'docker_up':
        this.#getScrape(host, metric).isDockerUp = value === 1;
        break;
      case 'target_up':
        host.isTargetDown ||= value === 0;
        break;
      case 'last_success':
        host.lastSuccessAt = Math.max(host.lastSuccessAt ?? 0, value);
    }
  }

  /** Returns the states. */
  finish(): HostStates {
    const now = Number(this.#time);
    const hosts = [...this.#hosts].map(([name, host]) => this.#describe(name, host, now));
    return { time: this.#time, hosts: sortByName(hosts) };
  }

  #getScrape({ scrapes }: KnownHost, metric: Row['metric']): Scrape {
    const target = identifyTarget(metric, this.settings.PROMETHEUS_REPLICA_LABELS);
    const id = `${target.labels}\n${target.replica}`;
    const scrape = scrapes.get(id) ?? { ...target, labelNames: findLabelNames(metric) };
    scrapes.set(id, scrape);
    return scrape;
  }

  #describe(name: string, host: KnownHost, now: number): HostState {
    const fail = (code: keyof typeof REASONS, since = host.lastSuccessAt ?? now - MEMORY_S): HostState => ({
      name,
      failure: { code, reason: REASONS[code], since: new Date(since * 1000) },
    });
    // After a failed scrape, VictoriaMetrics still returns the time of the last good one, but no value.
    const scrapes = [...host.scrapes.values()].filter(({ isDockerUp }) => isDockerUp !== undefined);
    if (scrapes.length === 0) return fail(host.isTargetDown ? 'scrape_failed' : 'figures_gone');
    const good = scrapes.filter(({ isDockerUp }) => isDockerUp);
    if (good.length === 0) return fail('docker_failed');
    const maxAgeMs = this.settings.STATS_MAX_AGE_MS;
    const fresh = good.filter(({ scrapedAt = 0 }) => (now - scrapedAt) * 1000 <= maxAgeMs);
    if (fresh.length === 0)
      return fail('figures_stale', Math.max(...good.map(({ scrapedAt = 0 }) => scrapedAt)));
    if (new Set(fresh.map(({ labels }) => labels)).size > 1) return fail('host_ambiguous', now);
    const latest = fresh.reduce((a, b) => ((b.scrapedAt ?? 0) > (a.scrapedAt ?? 0) ? b : a));
    return { name, target: { ...latest, scrapedAt: latest.scrapedAt ?? 0, hasOthers: scrapes.length > 1 } };
  }
}
