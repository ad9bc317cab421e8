import type {
  BasicContainerStats,
  ContainerStats,
  FullStats,
  HostStatus,
  ProjectStats,
} from 'docker-stats-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventStream } from '../../support/http/event-stream.js';
import type { StorageProcess } from '../../support/prometheus/storage-process.js';
import { KEY } from '../../support/service/test-app.js';
import { NO_PROMETHEUS, NO_VICTORIA_METRICS } from '../../support/vitest/docker-availability.js';
import { like, readMetrics, waitForFigures } from './figures.js';
import { FleetService, MAX_AGE_MS } from './fleet-service.js';
import { RealFleet } from './real-fleet.js';
import { startStorage } from './start-storage.js';

describe.skipIf(NO_PROMETHEUS ?? NO_VICTORIA_METRICS)('A fleet', () => {
  const fleet = new RealFleet();

  beforeAll(() => fleet.start());
  afterAll(() => fleet.destroy());

  describe.each(['prometheus', 'victoria-metrics'] as const)('over %s', (program) => {
    let storage: StorageProcess;
    let service: FleetService;

    beforeAll(async () => {
      storage = await startStorage(program, fleet.hosts);
      service = new FleetService(storage.url);
      await service.start();
      await waitForFigures(service, fleet.hosts);
      await fleet.change();
      await waitForFigures(service, fleet.hosts);
    });
    afterAll(async () => {
      service.kill();
      await storage.destroy();
    });

    it('has the figures that the metrics of each host have: CPU exactly, memory to the byte', async () => {
      const { containers } = await service.getJson<FullStats>('/stats?view=full');
      for (const host of fleet.hosts) {
        const metrics = readMetrics(await host.get('/metrics')); // oxlint-disable-line no-await-in-loop -- three short requests
        const ofHost = containers.filter((container) => container.host === host.name);
        expect(ofHost.map(({ name }) => name)).toEqual([...metrics.keys()]);
        for (const { name, cpuUsage, memoryUsage } of ofHost) {
          const expected = metrics.get(name);
          expect(cpuUsage).toBe(expected?.cpuUsage);
          expect(Math.abs((memoryUsage ?? NaN) - (expected?.bytes ?? NaN) / 2 ** 20)).toBeLessThanOrEqual(
            1e-6,
          );
        }
      }
    });

    it('gives the age of the oldest scrape and of the scrape of each host', async () => {
      const { ageMs, hosts = [], skipped } = await service.getJson<FullStats>('/stats?view=full');
      expect(skipped).toEqual([]);
      expect(hosts.map(({ name, error }) => [name, error])).toEqual(
        fleet.hosts.map(({ name }) => [name, null]),
      );
      const ages = hosts.map((host) => host.ageMs ?? NaN);
      expect(Math.max(...ages)).toBeLessThanOrEqual(MAX_AGE_MS);
      expect(Math.abs(Math.max(...ages) - ageMs)).toBeLessThan(5);
      for (const host of hosts)
        expect(Math.abs(Date.parse(host.sampledAt ?? '') + (host.ageMs ?? NaN) - Date.now())).toBeLessThan(
          2000,
        );
    });

    it('returns the plain view of all hosts', async () => {
      expect(await service.getJson('/stats')).toEqual(fleet.containers.map(toBasic).map(like));
    });

    it.each(['format=csv', 'format=text', 'view=full&format=csv', 'view=full&format=text'])(
      'returns the lines of all hosts with %s',
      async (query) => {
        const own = await Promise.all(
          fleet.hosts.map(async (host) =>
            parseRows(await host.get(`/stats?${query}`)).map((row) => ({ host: host.name, ...row })),
          ),
        );
        const rows = parseRows(await service.getText(`/stats?${query}`));
        expect(
          rows.map(({ HOST: host, ...row }) => ({ ...(host !== undefined && { host }), ...row })),
        ).toEqual(own.flat().map(like));
      },
    );

    it.each([
      ['host=web1', ({ host }: ContainerStats) => host === 'web1'],
      ['host=web*', ({ host }: ContainerStats) => host !== 'db 1'],
      ['host=web?&host=db*', () => true],
      ['name=demo-web-1', ({ name }: ContainerStats) => name === 'demo-web-1'],
      ['name=*o*&host=db%201', ({ name, host }: ContainerStats) => host === 'db 1' && name === 'holder'],
      ['health=unhealthy', ({ health }: ContainerStats) => health === 'unhealthy'],
    ])('filters with %s', async (query, isSelected) => {
      const { containers } = await service.getJson<FullStats>(`/stats?view=full&${query}`);
      expect(containers).toEqual(fleet.containers.filter(isSelected).map(like));
      expect(containers).not.toEqual([]);
    });

    it('sorts and limits the containers of all hosts together', async () => {
      const highest = fleet.containers.toSorted((a, b) => b.cpuUsage - a.cpuUsage).slice(0, 3);
      expect(await service.getJson('/stats?sort=-cpuUsage&limit=3')).toEqual(highest.map(toBasic).map(like));
      const smallest = fleet.containers.toSorted((a, b) => (a.memoryUsage ?? 0) - (b.memoryUsage ?? 0));
      const sorted = await service.getJson<BasicContainerStats[]>('/stats?sort=memoryUsage');
      expect(sorted).toEqual(smallest.map(toBasic).map(like));
    });

    it('adds up the projects of all hosts', async () => {
      const own = await Promise.all(
        fleet.hosts.map(async (host) => JSON.parse(await host.get('/projects')) as ProjectStats[]),
      );
      const names = new Set(own.flat().map(({ project }) => project));
      const projects = await service.getJson<ProjectStats[]>('/projects');
      expect(new Set(projects.map(({ project }) => project))).toEqual(names);
      for (const { project, ...sums } of projects) {
        const parts = own.flat().filter((one) => one.project === project);
        const add = (field: 'containers' | 'cpuUsage' | 'memoryUsage'): number =>
          parts.reduce((sum, part) => sum + (part[field] ?? NaN), 0);
        expect(sums).toEqual({
          containers: add('containers'),
          cpuUsage: expect.closeTo(add('cpuUsage'), 8) as number,
          memoryUsage: expect.closeTo(add('memoryUsage'), 4) as number,
        });
      }
    });

    it('finds a container by its name, its id, and on its host', async () => {
      for (const container of fleet.containers) {
        const { host = '', name, id } = container;
        const isUnique = host === fleet.real.name;
        const paths = [
          `/hosts/${encodeURIComponent(host)}/containers/${name}/stats`,
          `/hosts/${encodeURIComponent(host)}/containers/${id.slice(0, 12)}/stats`,
          ...(isUnique ? [`/containers/${name}/stats`, `/containers/${id}/stats`] : []),
        ];
        for (const path of paths) expect(await service.getJson(path)).toMatchObject(like(container)); // oxlint-disable-line no-await-in-loop -- one request at a time is easier to read in a failure
      }
      expect((await service.fetch('/containers/demo-web-1/stats')).status).toBe(400);
      expect((await service.fetch('/hosts/web1/containers/holder/stats')).status).toBe(404);
      expect((await service.fetch('/hosts/web9/containers/holder/stats')).status).toBe(404);
    });

    it('lists the hosts', async () => {
      const hosts = await service.getJson<HostStatus[]>('/hosts');
      expect(hosts).toEqual(
        fleet.hosts.map(({ name, containers }) => ({
          name,
          state: 'up',
          version: null,
          containers: containers.length,
          error: null,
        })),
      );
    });

    it('streams the plain view', async () => {
      const stream = await EventStream.open(`${service.url}/stats/stream`, { 'X-API-Key': KEY });
      const [event] = await stream.waitForEvents(1);
      stream.close();
      expect(event?.event).toBe('stats');
      expect(JSON.parse(event?.data ?? '')).toEqual(fleet.containers.map(toBasic).map(like));
    });

    it('has metrics of its own with the containers of all hosts', async () => {
      const text = await service.getText('/metrics');
      const { length } = text.match(/^docker_container_cpu_usage_ratio\{/gm) ?? [];
      expect(length).toBe(fleet.containers.length);
      for (const { host = '', name, cpuUsage } of fleet.containers) {
        const line = text
          .split('\n')
          .find(
            (one) =>
              one.startsWith('docker_container_cpu_usage_ratio{') &&
              one.includes(`host="${host}"`) &&
              one.includes(`name="${name}"`),
          );
        expect(Number(line?.split(' ').at(-1)) * 100).toBeCloseTo(cpuUsage, 10);
      }
    });
  });
});

function toBasic({ host = '', name, cpuUsage, memoryUsage }: ContainerStats): BasicContainerStats {
  return { host, name, cpuUsage, memoryUsage };
}

/** Parses CSV or a table: an object for each line after the titles. */
function parseRows(text: string): Record<string, string | number>[] {
  const separator = text.includes(',') ? ',' : / {2,}/;
  const [titles = [], ...rows] = text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(separator));
  return rows.map((cells) => Object.fromEntries(titles.map((title, n) => [title, toNumber(cells[n] ?? '')])));
}

function toNumber(cell: string): string | number {
  return /^[\d.]+%?$/.test(cell) ? parseFloat(cell) : cell;
}
