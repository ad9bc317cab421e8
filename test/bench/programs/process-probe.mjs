// Preloaded into a server with `node --import`. Measures the delay of the event loop and the memory. SIGUSR2 starts a
// measurement, the next SIGUSR2 ends it; between measurements, the probe does nothing.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { setTimeout as delay } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';

const RESOLUTION_MS = 5;

/** @type {import('node:perf_hooks').IntervalHistogram | undefined} */
let histogram;
let measurements = 0;

process.on('SIGUSR2', () => {
  if (histogram === undefined) start();
  else void finish(histogram);
});

function start() {
  histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  console.log(`probe: measurement ${++measurements}`);
}

/** @param {import('node:perf_hooks').IntervalHistogram} finished */
async function finish(finished) {
  finished.disable();
  histogram = undefined;
  const eventLoopDelay = {
    p50: toDelayMs(finished.percentile(50)),
    p99: toDelayMs(finished.percentile(99)),
    max: toDelayMs(finished.max),
  };
  const result = { eventLoopDelay, ...(await measureMemory()) };
  console.log(`probe: result ${measurements} ${JSON.stringify(result)}`);
}

/**
 * The histogram has the times between two ticks of a timer. The delay is what exceeds the interval of the timer.
 *
 * @param {number} tickNs
 */
function toDelayMs(tickNs) {
  return Math.max(0, tickNs / 1e6 - RESOLUTION_MS);
}

/** Collects garbage, and measures what is left. */
async function measureMemory() {
  setFlagsFromString('--expose-gc');
  const collectGarbage = /** @type {() => void} */ (runInNewContext('gc'));
  // After a collection, V8 frees the pages in the background; after the second one, they are free.
  for (let n = 0; n < 2; n++) {
    collectGarbage();
    await delay(200);
  }
  const { rss, heapUsed } = process.memoryUsage();
  return { residentKb: rss / 1024, heapKb: heapUsed / 1024 };
}
