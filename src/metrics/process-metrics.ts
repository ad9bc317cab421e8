import { readdir } from 'node:fs/promises';
import type { Counter, Gauge } from 'prom-client';
import { descriptorLimit } from '../http/server/descriptor-limit.js';
import { EventLoopDelay, type EventLoopDelays } from './event-loop-delay.js';
import { counterOf, gaugeOf } from './read-at-scrape.js';

/**
 * The process as every Prometheus client tells of it. Not prom-client's own set of these: it measures from the start on,
 * whether anybody asks or not, and has gauges with the names of counters.
 */
export function processMetrics(): (Counter | Gauge)[] {
  const startedAt = Math.round(Date.now() / 1000 - process.uptime());
  const eventLoop = new EventLoopDelay();
  let delays: EventLoopDelays | undefined;
  return [
    counterOf(
      'process_cpu_seconds_total',
      'CPU time that the service has used, in seconds, without that of its docker processes.',
      () => {
        const { user, system } = process.cpuUsage();
        return (user + system) / 1e6;
      },
    ),
    gaugeOf(
      'process_start_time_seconds',
      'When the service started, in seconds since 1970.',
      () => startedAt,
    ),
    gaugeOf('process_resident_memory_bytes', 'Resident memory of the service.', () =>
      process.memoryUsage.rss(),
    ),
    gaugeOf(
      'nodejs_heap_size_used_bytes',
      'Memory in use on the heap of JavaScript.',
      () => process.memoryUsage().heapUsed,
    ),
    ...(process.platform === 'linux' ? fileDescriptors() : []),
    gaugeOf(
      'nodejs_eventloop_lag_mean_seconds',
      'By how much the event loop was late, on average since the last scrape.',
      () => (delays = eventLoop.look())?.mean,
    ),
    gaugeOf(
      'nodejs_eventloop_lag_p99_seconds',
      'By how much the event loop was late, 99th percentile since the last scrape.',
      () => delays?.p99,
    ),
    gaugeOf(
      'nodejs_eventloop_lag_max_seconds',
      'By how much the event loop was late, the most since the last scrape.',
      () => delays?.max,
    ),
  ];
}

function fileDescriptors(): Gauge[] {
  const limit = descriptorLimit();
  return [
    gaugeOf('process_open_fds', 'File descriptors that are open: files, and connections.', async () => {
      const own = 1; // to read the folder takes one
      return (await readdir('/proc/self/fd')).length - own;
    }),
    gaugeOf('process_max_fds', 'How many file descriptors may be open.', () => limit),
  ];
}
