// Prints an alert when a container is close to its memory limit, and "OK" when it no longer is. Usage:
//   STATS_URL=http://127.0.0.1:5005 STATS_API_KEY=123abc ALERT_PERCENT=80 node examples/memory-alert.mjs
import { StatsClient } from 'docker-stats-client';

const { STATS_URL = 'http://127.0.0.1:5005', STATS_API_KEY = '', ALERT_PERCENT = '80' } = process.env;

const client = new StatsClient({ baseUrl: STATS_URL, apiKey: STATS_API_KEY });
const shutdown = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => shutdown.abort());

try {
  const readiness = await client.ready({ signal: shutdown.signal });
  console.log(
    readiness.ready
      ? `Watching Docker ${readiness.dockerVersion}`
      : `Docker is not available: ${readiness.reason}`,
  );
} catch {
  // The service is not available. watch() below reports it and waits for the service.
}

/** @type {ReadonlySet<string>} */
let alertedIds = new Set();
const samples = client.watch({
  view: 'full',
  signal: shutdown.signal,
  onError: ({ code, message }) => console.warn(`No sample (${code}): ${message}`),
});
for await (const { containers } of samples) {
  const high = containers.filter(({ memoryPercent }) => (memoryPercent ?? 0) >= Number(ALERT_PERCENT));
  const highIds = new Set(high.map(({ id }) => id));
  for (const { id, name, memoryPercent } of high) {
    if (!alertedIds.has(id)) console.log(`ALERT ${name} uses ${memoryPercent} % of its memory limit`);
  }
  for (const { id, name } of containers) {
    if (alertedIds.has(id) && !highIds.has(id)) console.log(`OK ${name}`);
  }
  alertedIds = highIds;
}
console.log('Stopped');
