import { Injectable } from '@nestjs/common';
import type { KeyScope } from '../../config/api-keys/api-keys.js';
import { MAX_UNSHARED_BYTES } from '../../sampling/sample-cache.js';
import type { StatsSample } from '../../sampling/stats-sample.js';
import {
  type ContainerFilter,
  createMatcher,
  identifyFilter,
} from '../../stats/selection/container-filter.js';
import { HostSelector } from '../../stats/selection/host-selector.js';
import { toFilter } from '../../stats/selection/sample-scopes.js';
import { findKnownContainer } from '../requests/find-known-container.js';
import type { HistoryRequest } from '../requests/history-request.js';
import { type ContainerReference, HistorySource, type OpenHistory } from '../requests/history-source.js';
import { HostHistories } from '../store/host-histories.js';
import type { SampleBlock, SampleHistory } from '../store/sample-history.js';
import { type ContainerPredicate, selectSeries } from '../store/select-series.js';

/** The history of a Docker host. */
interface HostHistory {
  /** `undefined` if the response does not give the times of each host. */
  readonly host: string | undefined;
  readonly history: SampleHistory;
}

/** The history that the service keeps in memory. */
@Injectable()
export class SampledHistory extends HistorySource {
  /** Each host has samples of its own. Together, the cached bodies must not use more memory than with one host. */
  override readonly maxCachedBytes: number;

  constructor(
    private readonly histories: HostHistories,
    private readonly hosts: HostSelector,
  ) {
    super();
    this.maxCachedBytes = MAX_UNSHARED_BYTES / histories.count;
  }

  override openList(key: KeyScope, filter: ContainerFilter, request: HistoryRequest): Promise<OpenHistory> {
    const hosts = this.hosts.select(key, filter.host).map((host) => ({
      host: this.hosts.areNamed ? host.name : undefined,
      history: this.histories.get(host),
    }));
    return open(hosts, identifyFilter(filter), createPredicate(key, createMatcher(filter)), request);
  }

  override async openOne(
    key: KeyScope,
    { reference, hosts }: ContainerReference,
    request: HistoryRequest,
  ): Promise<OpenHistory> {
    const isVisible = createMatcher(toFilter(key));
    const histories = this.hosts.select(key, hosts).map((host) => this.histories.get(host));
    await Promise.all(histories.map((history) => history.settle()));
    const known = histories.flatMap((history) =>
      history
        .findContainers(Date.now())
        .filter(({ latest }) => isVisible(latest))
        .map((container) => ({ ...container, history })),
    );
    const { history, latest } = findKnownContainer(known, reference);
    const isSelected = createPredicate(key, ({ id }) => id === latest.id);
    return open([{ host: undefined, history }], `${latest.host ?? ''} ${latest.id}`, isSelected, request);
  }
}

async function open(
  hosts: readonly HostHistory[],
  selection: string,
  isSelected: ContainerPredicate,
  request: HistoryRequest,
): Promise<OpenHistory> {
  await Promise.all(hosts.map(({ history }) => history.settle()));
  const latest = findNewest(hosts);
  const samples = hosts.map(({ history }) => {
    const blocks = readBlocks(history, request);
    return [history.latest?.sampledAt, blocks[0]?.at, blocks.at(-1)?.at];
  });
  const { points, since, until } = request;
  const steps = points === undefined ? [] : [points, since, until];
  return {
    id: JSON.stringify([selection, samples, steps]),
    latest,
    read: async (slices) => {
      const blocks = hosts
        .map(({ host, history }) => ({ host, blocks: readBlocks(history, request) }))
        .filter(({ host, blocks: { length } }) => host === undefined || length > 0);
      return { ...(await selectSeries(blocks, isSelected, slices)), sampledAt: latest?.sampledAt };
    },
  };
}

function createPredicate(key: KeyScope, isSelected: ContainerPredicate): ContainerPredicate {
  const isVisible = createMatcher(toFilter(key));
  return (latest) => isVisible(latest) && isSelected(latest);
}

function readBlocks(history: SampleHistory, { since = -Infinity, until }: HistoryRequest): SampleBlock[] {
  return history.read(since, until, Date.now());
}

/** Returns the sample of these hosts that was taken last. */
function findNewest(hosts: readonly HostHistory[]): StatsSample | undefined {
  return hosts
    .flatMap(({ history }) => history.latest ?? [])
    .reduce<StatsSample | undefined>(
      (newest, sample) => (newest !== undefined && newest.sampledAt >= sample.sampledAt ? newest : sample),
      undefined,
    );
}
