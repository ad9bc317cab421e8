import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { PrometheusServer } from '../../support/prometheus/prometheus-server.js';
import { Server } from './server.js';

const INTERVAL_S = 15;

/** Prometheus scrapes all hosts once in an interval; a busy machine needs some more. */
const FILL_TIMEOUT_MS = 120_000;

/**
 * Starts a Prometheus that scrapes stand-ins for Docker hosts, named `web0`, `web1` and so on. Waits until it has the figures of all.
 * It is stopped at the end of the scenario.
 */
export async function startFleet(hosts: number, containers: number): Promise<PrometheusServer> {
  const exporters = await Server.startExporters(containers);
  const { host } = new URL(await exporters.waitForUrl());
  const prometheus = new PrometheusServer();
  onTestFinished(() => prometheus.destroy());
  const targets = Array.from({ length: hosts }, (_, n) => ({
    targets: [host],
    labels: { instance: `web${n}`, __metrics_path__: `/${n}` },
  }));
  writeFileSync(join(prometheus.folder, 'targets.json'), JSON.stringify(targets));
  await prometheus.startWith(`
global: { scrape_interval: ${INTERVAL_S}s }
scrape_configs:
  - job_name: docker-stats-api
    file_sd_configs: [{ files: [targets.json] }]
`);
  const countScraped = async (): Promise<void> => {
    const count = await prometheus.queryValue('count(docker_up)');
    if (count !== hosts) throw new Error(`${count} hosts are scraped`);
  };
  await vi.waitFor(countScraped, { timeout: FILL_TIMEOUT_MS, interval: 1000 });
  return prometheus;
}
