// Prints the busiest containers of the last five minutes, by their average CPU usage. Usage:
//   STATS_URL=http://127.0.0.1:5005 STATS_API_KEY=123abc node examples/busiest-containers.mjs
import { StatsClient } from 'docker-stats-client';

const { STATS_URL = 'http://127.0.0.1:5005', STATS_API_KEY = '' } = process.env;
const COUNT = 5;

const client = new StatsClient({ baseUrl: STATS_URL, apiKey: STATS_API_KEY });
const { samples, containers } = await client.history({ since: '5m', view: 'summary', fields: ['cpuUsage'] });

if (samples === 0) console.log('No samples in the last five minutes: nobody has asked for figures');
const busiest = containers.toSorted((a, b) => (b.cpuUsage?.avg ?? 0) - (a.cpuUsage?.avg ?? 0));
for (const { name, cpuUsage } of busiest.slice(0, COUNT)) {
  console.log(`${name}: ${cpuUsage?.avg} % of a core on average, at most ${cpuUsage?.max} %`);
}
