import { readdir } from 'node:fs/promises';
import { readDescriptorLimit } from '../../http/server/descriptor-limit.js';
import { EventLoopMonitor, type EventLoopDelays } from './event-loop-monitor.js';
import type { MetricRegistry } from '../prometheus/metric-registry.js';

/**
 * Adds the metrics of the process, with the names that all Prometheus clients use. `collectDefaultMetrics` of prom-client is
 * not used: it measures even if the service is never scraped, and has gauges with names of counters.
 */
export function addProcessMetrics(registry: MetricRegistry): void {
  registry.counter({
    name: 'process_cpu_seconds_total',
    help: 'User and system CPU time of the service in seconds, without its docker processes.',
    read: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
  });
  const startedAt = Math.round(Date.now() / 1000 - process.uptime());
  registry.gauge({
    name: 'process_start_time_seconds',
    help: 'Start time of the service in seconds since 1970.',
    read: () => startedAt,
  });
  registry.gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory of the service in bytes.',
    read: () => process.memoryUsage.rss(),
  });
  registry.gauge({
    name: 'nodejs_heap_size_used_bytes',
    help: 'Used JavaScript heap in bytes.',
    read: () => process.memoryUsage().heapUsed,
  });
  if (process.platform === 'linux') addFileDescriptors(registry);
  addEventLoopDelay(registry);
}

function addFileDescriptors(registry: MetricRegistry): void {
  registry.gauge({
    name: 'process_open_fds',
    help: 'Number of open file descriptors: files and connections.',
    read: async () => {
      const own = 1; // used to read the folder
      return (await readdir('/proc/self/fd')).length - own;
    },
  });
  const limit = readDescriptorLimit();
  registry.gauge({
    name: 'process_max_fds',
    help: 'Maximum number of open file descriptors.',
    read: () => limit,
  });
}

function addEventLoopDelay(registry: MetricRegistry): void {
  const eventLoop = new EventLoopMonitor();
  let delays: EventLoopDelays | undefined;
  registry.gauge({
    name: 'nodejs_eventloop_lag_mean_seconds',
    help: 'Mean event loop delay since the last scrape, in seconds.',
    read: () => (delays = eventLoop.readDelays())?.mean,
  });
  registry.gauge({
    name: 'nodejs_eventloop_lag_p99_seconds',
    help: '99th percentile of the event loop delay since the last scrape, in seconds.',
    read: () => delays?.p99,
  });
  registry.gauge({
    name: 'nodejs_eventloop_lag_max_seconds',
    help: 'Maximum event loop delay since the last scrape, in seconds.',
    read: () => delays?.max,
  });
}
