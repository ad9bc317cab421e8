import type { ErrorBody, FullStats } from 'docker-stats-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SteadyLoad } from '../../support/http/steady-load.js';
import type { StorageProcess } from '../../support/prometheus/storage-process.js';
import { KEY } from '../../support/service/test-app.js';
import { NO_PROMETHEUS, NO_VICTORIA_METRICS } from '../../support/vitest/docker-availability.js';
import { findResponseProblem } from './check-response.js';
import { waitForFigures } from './figures.js';
import { FleetService } from './fleet-service.js';
import { ScrapedHost } from './scraped-host.js';
import { startStorage } from './start-storage.js';

const REQUESTS_PER_SECOND = 100;

/** The fleet has the figures of all hosts again within this time after the end of a fault. */
const RECOVERY = { timeout: 10_000, interval: 100 };

const SOON = { timeout: 40_000, interval: 100 };

describe.skipIf(NO_PROMETHEUS ?? NO_VICTORIA_METRICS).each(['prometheus', 'victoria-metrics'] as const)(
  'A fleet under load whose %s has faults',
  (program) => {
    const hosts = ['web1', 'web2'].map((name) => new ScrapedHost(name, { DEMO: 'true' }));
    let storage: StorageProcess;
    let service: FleetService;
    let load: SteadyLoad | undefined;
    let changing: NodeJS.Timeout;

    /** Returns the code of an error, or the number of hosts with figures. */
    async function readState(): Promise<string | number | undefined> {
      const response = await service.fetch('/stats?view=full');
      if (!response.ok) return ((await response.json()) as ErrorBody).code;
      const { hosts: sampled = [] } = (await response.json()) as FullStats;
      return sampled.filter(({ error }) => error === null).length;
    }

    async function readSkipped(): Promise<unknown> {
      const { hosts: sampled = [], skipped } = await service.getJson<FullStats>('/stats?view=full');
      return [
        sampled.map(({ name, error }) => [name, error?.code]),
        skipped.map(({ host, reason }) => [host, reason]),
      ];
    }

    beforeAll(async () => {
      await Promise.all(hosts.map((host) => host.start()));
      storage = await startStorage(program, hosts);
      service = new FleetService(storage.url);
      await service.start();
      await waitForFigures(service, hosts);
      load = new SteadyLoad(service.url, KEY, REQUESTS_PER_SECOND);
      changing = setInterval(() => hosts.forEach((host) => void host.change()), 3000);
    });
    afterAll(async () => {
      clearInterval(changing);
      await load?.terminate();
      service.kill();
      hosts.forEach((host) => host.kill());
      await storage.destroy();
    });

    it('has figures again within 10 s after the storage was killed', async () => {
      await storage.stop('SIGKILL');
      await expect.poll(readState, SOON).toBe('prometheus_unreachable');
      await storage.start();
      await expect.poll(readState, RECOVERY).toBe(2);
    });

    it('has figures again within 10 s after the storage hung', async () => {
      storage.signal('SIGSTOP');
      await expect.poll(readState, SOON).toBe('prometheus_timeout');
      storage.signal('SIGCONT');
      await expect.poll(readState, RECOVERY).toBe(2);
    });

    it('has figures again within 10 s after the storage was stopped in an orderly way', async () => {
      await storage.stop();
      await expect.poll(readState, SOON).toBe('prometheus_unreachable');
      await storage.start();
      await expect.poll(readState, RECOVERY).toBe(2);
    });

    it('has figures again after the storage lost all that it had stored, and scraped again', async () => {
      await storage.stop('SIGKILL');
      storage.removeData();
      await storage.start();
      await expect.poll(readState, SOON).toBe(2);
    });

    it('skips a host whose service was killed, and keeps the other', async () => {
      hosts[1]?.kill();
      await expect.poll(readSkipped, SOON).toEqual([
        [
          ['web1', undefined],
          ['web2', 'scrape_failed'],
        ],
        [['web2', 'scrape_failed']],
      ]);
    });

    it('never gave a wrong response', async () => {
      const responses = (await load?.finish()) ?? [];
      const problems = responses.map((response) => findResponseProblem(response, hosts)).filter(Boolean);
      expect([...new Set(problems)].slice(0, 5)).toEqual([]);
      expect(problems).toEqual([]);
      expect(responses.length).toBeGreaterThan(500);
    });
  },
);
