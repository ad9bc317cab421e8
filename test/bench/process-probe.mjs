// Preloaded into a server (`node --import`), tells how late its event loop is and how much memory it keeps. SIGUSR2 begins
// a measurement, and ends it: outside of one nothing runs, so that the probe costs nothing.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { setTimeout as delay } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';

const RESOLUTION_MS = 5;

/** @type {import('node:perf_hooks').IntervalHistogram | undefined} */
let histogram;
let measurements = 0;

process.on('SIGUSR2', () => {
  if (histogram === undefined) begin();
  else void end(histogram);
});

function begin() {
  histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  console.log(`probe: measurement ${++measurements}`);
}

/** @param {import('node:perf_hooks').IntervalHistogram} ended */
async function end(ended) {
  ended.disable();
  histogram = undefined;
  const late = {
    p50: lateMs(ended.percentile(50)),
    p99: lateMs(ended.percentile(99)),
    max: lateMs(ended.max),
  };
  const result = { late, ...(await memoryAfterGarbageCollection()) };
  console.log(`probe: result ${measurements} ${JSON.stringify(result)}`);
}

/**
 * The histogram holds the time from one tick of its timer to the next, in ns: the timer's own interval is no delay.
 *
 * @param {number} interval
 */
function lateMs(interval) {
  return Math.max(0, interval / 1e6 - RESOLUTION_MS);
}

async function memoryAfterGarbageCollection() {
  setFlagsFromString('--expose-gc');
  const collectGarbage = /** @type {() => void} */ (runInNewContext('gc'));
  // V8 gives back the pages of one collection in the background, and is done by the next one.
  for (let n = 0; n < 2; n++) {
    collectGarbage();
    await delay(200);
  }
  const { rss, heapUsed } = process.memoryUsage();
  return { residentKb: rss / 1024, heapKb: heapUsed / 1024 };
}
