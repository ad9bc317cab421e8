// Prints the busiest containers of the last five minutes, by their average CPU usage. Usage:
//   STATS_URL=http://127.0.0.1:5005 STATS_API_KEY=123abc node examples/busiest-containers.mjs
import { StatsClient } from 'docker-stats-client';

const { STATS_URL = 'http://127.0.0.1:5005', STATS_API_KEY = '' } = process.env;

const client = new StatsClient({ baseUrl: STATS_URL, apiKey: STATS_API_KEY });
const { samples, containers } = await client.history({
  since: '5m',
  view: 'summary',
  fields: ['cpuUsage'],
  sort: '-cpuUsage',
  limit: 5,
});

if (samples === 0) console.log('No samples in the last five minutes: no client has requested figures');
for (const { name, cpuUsage } of containers) {
  console.log(`${name}: ${cpuUsage?.avg} % of a core on average, at most ${cpuUsage?.max} %`);
}
