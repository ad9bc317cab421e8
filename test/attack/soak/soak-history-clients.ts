import type {
  ContainerHistory,
  ContainerStats,
  History,
  HistorySummary,
  ProjectStats,
} from 'docker-stats-client';
import { random } from '../../support/vitest/random.js';
import { type Clients, CONTAINERS, expectLength, get, getJson, type Target } from './soak-requests.js';

/** A selection of a few containers. */
const SELECTION = 'project=demo&service=w*&image=nginx:*&health=healthy&sort=-memoryUsage&limit=3';

/** Clients of the history, of the sums of projects, and of selections. Before the first sample, the history is empty. */
export const HISTORY_CLIENTS: Clients = {
  'GET /stats/history': {
    share: 5,
    run: (target) => expectColumns(target, '/stats/history', CONTAINERS),
  },
  'GET /stats/history?points=': {
    share: 3,
    run: async (target) => {
      const points = 2 + Math.floor(random() * 100);
      const path = `/stats/history?since=30s&fields=pids,networkSentRate&points=${points}&limit=7`;
      expectLength((await expectColumns(target, path, 7)).sampledAt, points);
    },
  },
  'GET /stats/history?view=summary&sort=': {
    share: 5,
    run: async (target) => {
      const path = '/stats/history?view=summary&fields=cpuUsage&project=demo&sort=-cpuUsage&limit=5';
      const { samples, containers } = (await getJson(target, path)) as HistorySummary;
      expectLength(containers, samples === 0 ? 0 : 5);
      expectDescending(containers.map(({ cpuUsage }) => cpuUsage?.avg));
    },
  },
  'GET /stats/history as CSV': {
    share: 2,
    run: async (target) => {
      const { body } = await get(target, '/stats/history?name=demo-web-1', 200, { Accept: 'text/csv' });
      const lines = String(body).split('\r\n').slice(1, -1);
      if (!lines.every((line) => /^[^,]+Z,[^,]+,demo-web-1,[\d.]+,[\d.]+$/.test(line))) {
        throw new Error(`Unexpected CSV: ${String(body).slice(0, 200)}`);
      }
    },
  },
  'GET /stats/history with If-None-Match': {
    share: 2,
    run: async (target) => {
      const { headers } = await get(target, '/stats/history', 200);
      await get(target, '/stats/history', [200, 304], { 'If-None-Match': headers.etag ?? '' });
    },
  },
  'GET /containers/x/stats/history': {
    share: 5,
    run: (target) => get(target, '/containers/demo-web-1/stats/history?since=5s', [200, 404]),
  },
  'GET /containers/x/stats/history of a missing container': {
    share: 1,
    run: (target) => get(target, `/containers/${random()}/stats/history`, 404),
  },
  'GET /projects': {
    share: 5,
    run: async (target) => {
      const projects = (await getJson(target, '/projects')) as ProjectStats[];
      expectLength(projects, 1);
      if (projects[0]?.containers !== CONTAINERS) throw new Error(JSON.stringify(projects));
    },
  },
  'GET /stats with filters, sort and limit': {
    share: 5,
    run: async (target) => {
      const path = `/stats?view=full&${SELECTION}`;
      const { containers } = (await getJson(target, path)) as { readonly containers: ContainerStats[] };
      expectLength(containers, 3);
      expectDescending(containers.map(({ memoryUsage }) => memoryUsage));
    },
  },
};

/** Requests columns, and checks that each has a value for each time. */
async function expectColumns(target: Target, path: string, count: number): Promise<History> {
  const history = (await getJson(target, path)) as History;
  if (history.containers.length > 0) expectLength(history.containers, count);
  const columns = history.containers.flatMap(({ id: _id, name: _name, ...rest }: ContainerHistory) =>
    Object.values(rest),
  );
  for (const column of columns) expectLength(column, history.sampledAt.length);
  return history;
}

function expectDescending(values: readonly (number | null | undefined)[]): void {
  const sorted = values.toSorted((a, b) => Number(b) - Number(a));
  if (String(values) !== String(sorted)) throw new Error(`Not in descending order: ${String(values)}`);
}
