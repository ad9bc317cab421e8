import type { ContainerStats } from 'docker-stats-client';
import type { KeyScope } from '../../config/api-keys/api-keys.js';
import type { Settings } from '../../config/settings.js';
import type { PrometheusClient } from '../../prometheus/client/prometheus-client.js';
import { formatMatcher } from '../../prometheus/queries/promql.js';
import { MAX_UNSHARED_BYTES } from '../../sampling/sample-cache.js';
import {
  type ContainerFilter,
  createMatcher,
  hasPatterns,
  identifyFilter,
} from '../../stats/selection/container-filter.js';
import { assertSelected } from '../../stats/selection/host-selector.js';
import { toFilter } from '../../stats/selection/sample-scopes.js';
import { findKnownContainer } from '../requests/find-known-container.js';
import type { HistoryRequest } from '../requests/history-request.js';
import { type ContainerReference, HistorySource, type OpenHistory } from '../requests/history-source.js';
import { FleetWindow } from './fleet-window.js';
import { type Window, WindowQueries } from './queries/window-queries.js';

/** The window of a request without `since`. */
const DEFAULT_WINDOW_MS = 900_000;

/** The history of a fleet: read from Prometheus for each request. */
export class FleetHistory extends HistorySource {
  override readonly maxCachedBytes = MAX_UNSHARED_BYTES;

  constructor(
    private readonly client: PrometheusClient,
    private readonly settings: Settings,
  ) {
    super();
  }

  override openList(key: KeyScope, filter: ContainerFilter, request: HistoryRequest): Promise<OpenHistory> {
    const { host, name } = filter;
    const isSelected = createMatcher(filter);
    const hasHosts = host !== undefined || key.hosts !== undefined;
    return Promise.resolve({
      id: JSON.stringify([identifyFilter(filter), request]),
      latest: undefined,
      read: async (slices) => {
        const hostMatchers = this.#matchHosts(key, host);
        const containerMatchers = [...matchNames(key.containers), ...matchNames(name)];
        const hasAllContainers = !selectsContainers(filter) && !selectsContainers(toFilter(key));
        const window = this.#createWindow(request, hostMatchers, containerMatchers, hasAllContainers);
        const queries = this.#createQueries(window);
        if (hasHosts) assertSelected(await queries.findHosts(), { visible: key.hosts, selected: host });
        return new FleetWindow(queries, window).read(request, createPredicate(key, isSelected), slices);
      },
    });
  }

  override async openOne(
    key: KeyScope,
    { reference, hosts }: ContainerReference,
    request: HistoryRequest,
  ): Promise<OpenHistory> {
    const hostMatchers = this.#matchHosts(key, hosts);
    const isVisible = createMatcher(toFilter(key));
    const queries = this.#createQueries(this.#createWindow(request, hostMatchers, [], true));
    const known = await queries.findByReference(reference);
    const { latest } = findKnownContainer(
      known.filter((one) => isVisible(one.latest)),
      reference,
    );
    return {
      id: JSON.stringify([latest.host, latest.id, request]),
      latest: undefined,
      read: async (slices) => {
        const { host = '' } = latest;
        const isSelected = createPredicate(key, ({ id }) => id === latest.id);
        const matchHost = formatMatcher(this.settings.PROMETHEUS_HOST_LABEL, [host]);
        const matchId = formatMatcher('id', [latest.id]);
        const window = this.#createWindow(request, [...hostMatchers, matchHost], [matchId], true);
        return new FleetWindow(this.#createQueries(window), window, host).read(request, isSelected, slices);
      },
    };
  }

  #createQueries(window: Window): WindowQueries {
    return new WindowQueries(this.client, this.settings, window);
  }

  #createWindow(
    request: HistoryRequest,
    hostMatchers: readonly string[],
    containerMatchers: readonly string[],
    hasAllContainers: boolean,
  ): Window {
    const oldest = Date.now() - this.settings.HISTORY_MS;
    const since = Math.max(request.since ?? request.until - DEFAULT_WINDOW_MS, oldest);
    return {
      since: Math.min(since, request.until),
      until: request.until,
      hostMatchers,
      containerMatchers,
      hasAllContainers,
    };
  }

  #matchHosts({ hosts }: KeyScope, selected: readonly string[] | undefined): readonly string[] {
    const label = this.settings.PROMETHEUS_HOST_LABEL;
    return [hosts, selected].flatMap((patterns) =>
      patterns === undefined ? [] : formatMatcher(label, patterns),
    );
  }
}

function selectsContainers(filter: ContainerFilter): boolean {
  return hasPatterns({ ...filter, host: undefined });
}

function matchNames(patterns: readonly string[] | undefined): readonly string[] {
  return patterns === undefined ? [] : [formatMatcher('name', patterns)];
}

function createPredicate(
  key: KeyScope,
  isSelected: (container: ContainerStats) => boolean,
): (container: ContainerStats) => boolean {
  const isVisible = createMatcher(toFilter(key));
  return (container) => isVisible(container) && isSelected(container);
}
