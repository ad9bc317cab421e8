import type { HistoryPoints, HistorySummary, HostsHistory } from 'docker-stats-client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { StorageProcess } from '../../support/prometheus/storage-process.js';
import { NO_PROMETHEUS, NO_VICTORIA_METRICS } from '../../support/vitest/docker-availability.js';
import { waitForFigures } from './figures.js';
import { FleetService } from './fleet-service.js';
import { ScrapedHost } from './scraped-host.js';
import { startStorage } from './start-storage.js';

/** How long a scrape may take: Prometheus stores the time of its start. */
const SCRAPE_MS = 2000;

describe.skipIf(NO_PROMETHEUS ?? NO_VICTORIA_METRICS)('The history of a fleet', () => {
  const hosts = ['web1', 'web2'].map((name) => new ScrapedHost(name, { DEMO: 'true' }));

  let delayed: StorageProcess | undefined;

  beforeAll(async () => {
    await Promise.all(hosts.map((host) => host.start()));
    delayed = await startStorage('victoria-metrics', hosts, []); // has figures when the other tests end
  });
  afterAll(async () => {
    hosts.forEach((host) => host.kill());
    await delayed?.destroy();
  });

  /** Returns what a container used whenever its service was asked. */
  function findUsages(
    host = '',
    name = '',
  ): { readonly from: number; readonly until: number; readonly cpu: number }[] {
    const { figures = [] } = hosts.find((one) => one.name === host) ?? {};
    return figures.map(({ containers, from, until }) => ({
      from,
      until,
      cpu: containers.find((one) => one.name === name)?.cpuUsage ?? NaN,
    }));
  }

  describe.each(['prometheus', 'victoria-metrics'] as const)('over %s', (program) => {
    let storage: StorageProcess;
    let service: FleetService;
    let window: string;

    beforeAll(async () => {
      const since = new Date();
      storage = await startStorage(program, hosts);
      service = new FleetService(storage.url);
      await service.start();
      await waitForFigures(service, hosts);
      await Promise.all(hosts.map((host) => host.change()));
      await waitForFigures(service, hosts);
      window = `since=${since.toISOString()}&until=${new Date().toISOString()}&fields=cpuUsage`;
    });
    afterAll(async () => {
      service.kill();
      await storage.destroy();
    });

    it('has what each container used at the time of each scrape', async () => {
      const history = await service.getJson<HostsHistory>(`/stats/history?${window}`);
      expect(history.hosts.map(({ name }) => name)).toEqual(['web1', 'web2']);
      expect(history.containers.length).toBe(12);
      for (const { host, name, cpuUsage = [] } of history.containers) {
        const times = history.hosts.find((one) => one.name === host)?.sampledAt ?? [];
        const usages = findUsages(host, name);
        expect(cpuUsage.length).toBe(times.length);
        cpuUsage.forEach((cpu, n) => {
          const at = Date.parse(times[n] ?? '');
          const possible = usages.filter(
            ({ from, until }) => at > from - SCRAPE_MS && at < until + SCRAPE_MS,
          );
          expect(possible.map((usage) => usage.cpu)).toContain(cpu);
        });
        expect(new Set(cpuUsage)).toEqual(new Set(usages.slice(-2).map(({ cpu }) => cpu)));
      }
    });

    it('has the average and the extremes of each step', async () => {
      // VictoriaMetrics shows a point only after its delay of 1 s.
      await vi.waitFor(
        async () => {
          const { sampledAt, containers } = await service.getJson<HistoryPoints>(
            `/stats/history?${window}&points=4`,
          );
          expect([sampledAt.length, containers.length]).toEqual([4, 12]);
          for (const { host, name, cpuUsage = [], cpuUsageMin = [], cpuUsageMax = [] } of containers) {
            const usages = findUsages(host, name)
              .slice(-2)
              .map(({ cpu }) => cpu);
            expect(Math.min(...cpuUsageMin.filter((cpu) => cpu !== null))).toBe(Math.min(...usages));
            expect(Math.max(...cpuUsageMax.filter((cpu) => cpu !== null))).toBe(Math.max(...usages));
            cpuUsage.forEach((cpu, n) => {
              expect(cpu ?? 0).toBeGreaterThanOrEqual((cpuUsageMin[n] ?? 0) - 0.01);
              expect(cpu ?? 0).toBeLessThanOrEqual((cpuUsageMax[n] ?? 0) + 0.01);
            });
          }
        },
        { timeout: 10_000, interval: 200 },
      );
    });

    it('sums up the samples', async () => {
      const plain = await service.getJson<HostsHistory>(`/stats/history?${window}`);
      const { containers, ...summary } = await service.getJson<HistorySummary>(
        `/stats/history?${window}&view=summary`,
      );
      const times = plain.hosts.flatMap(({ sampledAt }) => sampledAt).toSorted();
      expect(summary).toEqual({ since: times[0], until: times.at(-1), samples: times.length });
      expect(containers.length).toBe(12);
      containers.forEach(({ host, name, samples, cpuUsage }, n) => {
        const values = (plain.containers[n]?.cpuUsage ?? []).filter((cpu) => cpu !== null);
        expect([host, name]).toEqual([plain.containers[n]?.host, plain.containers[n]?.name]);
        expect(samples).toBe(values.length);
        expect(cpuUsage).toMatchObject({
          min: Math.min(...values),
          max: Math.max(...values),
          avg: expect.closeTo(values.reduce((sum, cpu) => sum + cpu, 0) / values.length, 3) as number,
        });
      });
    });

    it('has the same history of one container', async () => {
      const { hosts: times, containers } = await service.getJson<HostsHistory>(`/stats/history?${window}`);
      const one = await service.getJson(`/hosts/web2/containers/demo-web-1/stats/history?${window}`);
      expect(one).toEqual({
        sampledAt: times.find(({ name }) => name === 'web2')?.sampledAt,
        containers: containers.filter(({ host, name }) => host === 'web2' && name === 'demo-web-1'),
      });
    });
  });

  it('has only hosts with figures_stale over a VictoriaMetrics with its default delay of 30 s', async () => {
    const service = new FleetService(delayed?.url ?? '');
    try {
      await service.start();
      const read = async (): Promise<string> => {
        const response = await service.fetch('/stats');
        expect([response.status, await response.json()]).toMatchObject([500, { code: 'prometheus_failed' }]);
        return service.output;
      };
      await expect
        .poll(read, { timeout: 50_000, interval: 500 })
        .toContain('web1 (figures_stale), web2 (figures_stale)');
    } finally {
      service.kill();
    }
  });
});
