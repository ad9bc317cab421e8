import { readdir } from 'node:fs/promises';
import { descriptorLimit } from '../http/server/descriptor-limit.js';
import { EventLoopDelay, type EventLoopDelays } from './event-loop-delay.js';
import type { MetricRegistry } from './metric-registry.js';

/**
 * Adds the metrics of the process, with the names that every Prometheus client gives them. Not prom-client's own set of these:
 * it measures from the start on, whether anybody asks or not, and has gauges with the names of counters.
 */
export function addProcessMetrics(registry: MetricRegistry): void {
  registry.counter({
    name: 'process_cpu_seconds_total',
    help: 'CPU time that the service has used, in seconds, without that of its docker processes.',
    read: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
  });
  const startedAt = Math.round(Date.now() / 1000 - process.uptime());
  registry.gauge({
    name: 'process_start_time_seconds',
    help: 'When the service started, in seconds since 1970.',
    read: () => startedAt,
  });
  registry.gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory of the service.',
    read: () => process.memoryUsage.rss(),
  });
  registry.gauge({
    name: 'nodejs_heap_size_used_bytes',
    help: 'Memory in use on the heap of JavaScript.',
    read: () => process.memoryUsage().heapUsed,
  });
  if (process.platform === 'linux') addFileDescriptors(registry);
  addEventLoopDelay(registry);
}

function addFileDescriptors(registry: MetricRegistry): void {
  registry.gauge({
    name: 'process_open_fds',
    help: 'File descriptors that are open: files, and connections.',
    read: async () => {
      const own = 1; // to read the folder takes one
      return (await readdir('/proc/self/fd')).length - own;
    },
  });
  const limit = descriptorLimit();
  registry.gauge({
    name: 'process_max_fds',
    help: 'How many file descriptors may be open.',
    read: () => limit,
  });
}

function addEventLoopDelay(registry: MetricRegistry): void {
  const eventLoop = new EventLoopDelay();
  let delays: EventLoopDelays | undefined;
  registry.gauge({
    name: 'nodejs_eventloop_lag_mean_seconds',
    help: 'By how much the event loop was late, on average since the last scrape.',
    read: () => (delays = eventLoop.look())?.mean,
  });
  registry.gauge({
    name: 'nodejs_eventloop_lag_p99_seconds',
    help: 'By how much the event loop was late, 99th percentile since the last scrape.',
    read: () => delays?.p99,
  });
  registry.gauge({
    name: 'nodejs_eventloop_lag_max_seconds',
    help: 'By how much the event loop was late, the most since the last scrape.',
    read: () => delays?.max,
  });
}
