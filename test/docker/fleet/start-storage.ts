import { StorageProcess, type StorageProgram } from '../../support/prometheus/storage-process.js';
import { KEY } from '../../support/service/test-app.js';
import type { ScrapedHost } from './scraped-host.js';

/** How often the storages scrape. */
const INTERVAL = '2s';

/** The options with which VictoriaMetrics returns new figures at once; see docs/fleet.md. */
const FRESH = { prometheus: [], 'victoria-metrics': ['-search.latencyOffset=1s', '-search.disableCache'] };

/** Starts a storage that scrapes services. */
export async function startStorage(
  program: StorageProgram,
  hosts: readonly ScrapedHost[],
  options: readonly string[] = FRESH[program],
): Promise<StorageProcess> {
  const storage = new StorageProcess(program, options);
  const targets = hosts.map(({ name, url }) => ({
    targets: [new URL(url).host],
    labels: { instance: name },
  }));
  // JSON is YAML.
  const configuration = JSON.stringify({
    global: { scrape_interval: INTERVAL, scrape_timeout: INTERVAL },
    scrape_configs: [
      { job_name: 'docker-stats-api', authorization: { credentials: KEY }, static_configs: targets },
    ],
  });
  await storage.start(configuration);
  return storage;
}
