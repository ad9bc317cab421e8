import { constants } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import type { SkippedRow } from 'docker-stats-client';
import { SharedBody } from '../../http/responses/shared-body.js';
import { CONTAINER_SKIPPED, type MetricFamily } from '../../sampling/container-fields.js';
import type { StatsSample } from '../../sampling/stats-sample.js';
import { SampleCache } from '../../sampling/sample-cache.js';
import { TimeSlices } from '../../sampling/time-slices.js';
import { isId } from '../../stats/selection/find-container.js';
import {
  CONTAINER_METRICS,
  formatNameAndId,
  formatSkipped,
  type KnownContainer,
} from './container-series.js';
import { formatLabels, formatMetricHeader } from '../prometheus/text-format.js';

const DOCKER_UP: MetricFamily = {
  name: 'docker_up',
  help: 'Whether docker returned a sample for this scrape: 1 if yes; 0 if not, and then there are no container metrics.',
  type: 'gauge',
};

const CACHE_ID = 'metrics';

/** How much text is converted to bytes at once. */
const CHUNK_LENGTH = 65_536;

/**
 * Formats the containers of samples for Prometheus: each sample once, in time slices. For 10,000 containers (150,000 series),
 * prom-client takes about 4 times as long, and blocks the event loop all that time.
 */
@Injectable()
export class ContainerMetrics {
  readonly #cache = new SampleCache<SharedBody>();

  /** Returns the text if it is cached or being made. */
  find(sample: StatsSample): Promise<SharedBody> | undefined {
    return this.#cache.get(sample, CACHE_ID);
  }

  /** Returns the text if no host gives a sample: only `docker_up 0` of each. */
  getDown(hosts: readonly { readonly name: string }[]): SharedBody {
    return createBody(Buffer.from(formatDockerUp(hosts.map(({ name }) => ({ name, isUp: false })))));
  }

  /** Returns the text. A missing figure has no series. */
  getText(sample: StatsSample): Promise<SharedBody> {
    return this.#cache.getOrMake(sample, CACHE_ID, sample.partOf === undefined, () => format(sample));
  }
}

async function format(sample: StatsSample): Promise<SharedBody> {
  const chunks: Buffer[] = [];
  const slices = new TimeSlices(sample.partOf === undefined ? 'shared' : 'own');
  // By id: Prometheus rejects a scrape with duplicate series, and cannot join metrics if two containers have the same id.
  const rows = new Map<string, { readonly container: KnownContainer; readonly labels: string }>();
  const addRow = (container: KnownContainer | undefined): void => {
    if (container === undefined) return;
    const key = `${container.host ?? ''} ${container.id}`;
    if (rows.has(key)) return;
    rows.set(key, { container, labels: formatNameAndId(container) });
  };
  const unlisted = findUnlistedHosts(sample);
  const skipped = new Set<string>(); // docker may print a row twice
  await slices.forEach(sample.containers, addRow);
  await slices.forEach(sample.skipped, (row) => {
    if (row.reason === 'restarting' && unlisted.has(row.host)) return; // it may be a stopped container
    addRow(toRestarting(row));
    skipped.add(formatSkipped(row));
  });
  let chunk = '';
  const add = (text: string): void => {
    chunk += text;
    if (chunk.length < CHUNK_LENGTH) return;
    chunks.push(Buffer.from(chunk));
    chunk = '';
  };
  for (const { family, formatters } of CONTAINER_METRICS) {
    add(formatMetricHeader(family));
    // oxlint-disable-next-line no-await-in-loop -- the series of a metric must be adjacent
    await slices.forEach(rows.values(), ({ container, labels }) => {
      let series = '';
      for (const formatSeries of formatters) series += formatSeries(container, labels);
      add(series);
    });
  }
  add(formatMetricHeader(CONTAINER_SKIPPED));
  await slices.forEach(skipped, add);
  chunks.push(Buffer.from(chunk + formatDockerUp(listHosts(sample))));
  return createBody(await concatenate(chunks, slices));
}

/** Like `Buffer.concat`, but in time slices: for 20 MB, `Buffer.concat` blocks the event loop for 20 ms. */
async function concatenate(chunks: readonly Buffer[], slices: TimeSlices): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(chunks.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  await slices.forEach(chunks, (chunk) => {
    end += chunk.copy(bytes, end);
  });
  return bytes;
}

/** Returns the names of the hosts whose containers docker did not list. A single host has no name. */
function findUnlistedHosts({ hosts, hasUnknownStates }: StatsSample): ReadonlySet<string | undefined> {
  if (hosts === undefined) return new Set(hasUnknownStates ? [undefined] : []);
  return new Set(hosts.flatMap(({ name, sample }) => (sample?.hasUnknownStates ? name : [])));
}

/** Returns the container of a skipped row if it is restarting: a container that crashes again and again must be visible. */
function toRestarting({
  host,
  container: name,
  id,
  project,
  reason,
}: SkippedRow): KnownContainer | undefined {
  if (reason !== 'restarting' || name === null || id === null || isId(name)) return undefined;
  return { ...(host !== undefined && { host }), name, id, project, state: 'restarting' };
}

function createBody(bytes: Buffer): SharedBody {
  return new SharedBody(bytes, constants.Z_BEST_SPEED);
}

/** Included in the cached text, so that `docker_up` always agrees with the container metrics of the same response. */
function formatDockerUp(hosts: readonly HostState[]): string {
  const series = hosts.map(({ name, isUp }) => {
    const labels = name === '' ? '' : `{${formatLabels({ host: name })}}`;
    return `${DOCKER_UP.name}${labels} ${Number(isUp)}\n`;
  });
  return formatMetricHeader(DOCKER_UP) + series.join('');
}

/** Whether a host gave a sample. The single host without `DOCKER_HOSTS` has no name. */
interface HostState {
  readonly name: string;
  readonly isUp: boolean;
}

function listHosts({ hosts }: StatsSample): readonly HostState[] {
  return (
    hosts?.map(({ name, sample }) => ({ name, isUp: sample !== undefined })) ?? [{ name: '', isUp: true }]
  );
}
