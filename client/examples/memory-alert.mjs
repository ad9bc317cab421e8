// Says when a container comes near its memory limit, and when it is well again:
//   STATS_URL=http://127.0.0.1:5005 STATS_API_KEY=123abc ALERT_PERCENT=80 node examples/memory-alert.mjs
import { StatsClient } from 'docker-stats-client';

const { STATS_URL = 'http://127.0.0.1:5005', STATS_API_KEY = '', ALERT_PERCENT = '80' } = process.env;

const client = new StatsClient({ baseUrl: STATS_URL, apiKey: STATS_API_KEY });
const stopped = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopped.abort());

try {
  const readiness = await client.ready({ signal: stopped.signal });
  console.log(
    readiness.ready ? `Watching Docker ${readiness.dockerVersion}` : `Docker is away: ${readiness.reason}`,
  );
} catch {
  // The service is away itself: what follows says so, and waits for it.
}

/** @type {ReadonlySet<string>} */
let alerted = new Set();
const samples = client.watch({
  view: 'full',
  signal: stopped.signal,
  onError: ({ code, message }) => console.warn(`No figures for now (${code}): ${message}`),
});
for await (const { containers } of samples) {
  const high = containers.filter(({ memoryPercent }) => (memoryPercent ?? 0) >= Number(ALERT_PERCENT));
  for (const { id, name, memoryPercent } of high) {
    if (!alerted.has(id)) console.log(`ALERT ${name} uses ${memoryPercent} % of its memory limit`);
  }
  for (const { id, name } of containers) {
    if (alerted.has(id) && !high.some((container) => container.id === id)) console.log(`OK ${name}`);
  }
  alerted = new Set(high.map(({ id }) => id));
}
console.log('Stopped');
