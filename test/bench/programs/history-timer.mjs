// Measures the history of the built service: its memory, how long it takes to add a sample, and how long a response takes. For
// each duration, also the longest time for which the event loop was blocked. Needs `node --expose-gc`. Prints JSON.
import { setImmediate as nextTurn } from 'node:timers/promises';

const ROUNDS = 9;
const WARM_UP_ROUNDS = 3;
const INTERVAL_MS = 2000;
const HOUR_MS = 3_600_000;

/** @type {typeof import('../../../src/history/store/sample-history.js')} */
const { SampleHistory } = await import(resolveBuilt('history/store/sample-history'));
/** @type {typeof import('../../../src/history/store/select-series.js')} */
const { selectSeries } = await import(resolveBuilt('history/store/select-series'));
/** @type {typeof import('../../../src/sampling/time-slices.js')} */
const { TimeSlices } = await import(resolveBuilt('sampling/time-slices'));
/** @type {typeof import('../../../src/history/formats/create-history-body.js')} */
const { createHistoryBody } = await import(resolveBuilt('history/formats/create-history-body'));
/** @type {typeof import('../../../src/history/figures/history-fields.js')} */
const { HISTORY_FIELDS } = await import(resolveBuilt('history/figures/history-fields'));

let random = 1;
const emptyBytes = readMemory();
const { history, end } = await fill(1000, 450);
const memoryBytes = readMemory() - emptyBytes;
const countedBytes = history.bytes;
const large = await fill(10_000, 100);
/** @type {Awaited<ReturnType<typeof fill>>[]} */
const hosts = [];
for (let n = 0; n < 50; n++) hosts.push(await fill(50, HOUR_MS / INTERVAL_MS));

console.log(
  JSON.stringify({
    memoryBytes,
    countedBytes,
    add: await measure(
      (sample) => {
        large.history.add(sample);
        return large.history.settle();
      },
      () => {
        const sample = createSample((large.end += INTERVAL_MS), 10_000);
        globalThis.gc?.(); // the garbage of creating a sample is not that of the history
        return sample;
      },
    ),
    columns: await measure(() => respond([history], end, {})),
    points: await measure(() => respond([history], end, { points: 100 })),
    summary: await measure(() => respond([history], end, { view: 'summary' })),
    largeSummary: await measure(() => respond([large.history], large.end, { view: 'summary' })),
    hostsColumns: await measure(() => respondOfHosts({ sinceMs: 300_000 })),
    hostsPoints: await measure(() => respondOfHosts({ points: 60 })),
    hostsSummary: await measure(() => respondOfHosts({ view: 'summary', sort: '-cpuUsage' })),
  }),
);

/**
 * @param {number} containers
 * @param {number} samples
 */
async function fill(containers, samples) {
  const clock = { after: () => () => undefined };
  const filled = new SampleHistory({ maxAgeMs: samples * INTERVAL_MS, maxBytes: Infinity }, clock);
  let at = Date.now();
  for (let n = 0; n < samples; n++) {
    at += INTERVAL_MS;
    filled.add(createSample(at, containers));
    await filled.settle();
  }
  return { history: filled, end: at };
}

/**
 * Creates a sample as the parser does: all objects and texts are new.
 *
 * @param {number} at
 * @param {number} count
 */
function createSample(at, count) {
  const containers = Array.from({ length: count }, (_, n) => ({
    id: n.toString(16).padStart(64, '0'),
    name: `container-${n}`,
    image: 'nginx:1.29',
    project: 'shop',
    service: `service-${n}`,
    state: /** @type {const} */ ('running'),
    health: null,
    createdAt: '2026-11-20T08:15:30Z',
    cpuUsage: nextRandom() / 100,
    memoryUsage: nextRandom() / 10,
    memoryLimit: 1024,
    memoryPercent: nextRandom() / 100,
    networkReceived: at / 2 ** 20,
    networkSent: at / 2 ** 20,
    blockRead: 0,
    blockWritten: null,
    pids: 7,
  }));
  return { sampledAt: new Date(at), sampledAtMonotonicMs: at, durationMs: 2000, containers, skipped: [] };
}

/** @typedef {{ points?: number, view?: 'summary', sort?: string, sinceMs?: number }} Options */

/** @param {Options} options */
function respondOfHosts(options) {
  const newest = Math.max(...hosts.map((host) => host.end));
  const histories = hosts.map((host) => host.history);
  return respond(histories, newest, options);
}

/**
 * @param {import('../../../src/history/store/sample-history.js').SampleHistory[]} histories
 * @param {number} now
 * @param {Options} options
 */
async function respond(histories, now, { points, view, sort, sinceMs = Infinity }) {
  const fields = HISTORY_FIELDS.filter(({ name }) => name === 'cpuUsage' || name === 'memoryUsage');
  const hasHosts = histories.length > 1;
  const blocks = histories.map((one, n) => ({
    host: hasHosts ? `host-${n}` : undefined,
    blocks: one.read(now - sinceMs, now, now),
  }));
  const options = {
    fields,
    since: undefined,
    until: now,
    points,
    view,
    sort,
    format: /** @type {const} */ ('json'),
    hasHosts,
  };
  const slices = new TimeSlices('own');
  const selection = await selectSeries(blocks, () => true, slices);
  return createHistoryBody(selection, options, slices);
}

/**
 * @template T
 * @param {(prepared: T) => Promise<unknown>} action
 * @param {() => T} prepare is not measured
 */
async function measure(action, prepare = () => /** @type {T} */ (undefined)) {
  const totals = [];
  const blocked = [];
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    const prepared = prepare();
    const before = performance.now();
    const working = action(prepared);
    const state = { isDone: false };
    void working.finally(() => (state.isDone = true));
    let longest = performance.now() - before;
    while (!state.isDone) {
      const turn = performance.now();
      await nextTurn();
      longest = Math.max(longest, performance.now() - turn);
    }
    if (round < 0) continue;
    totals.push(performance.now() - before);
    blocked.push(longest);
  }
  return { totals, blocked };
}

/** The live memory after a garbage collection. */
function readMemory() {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Numbers up to 10,000, without much cost. */
function nextRandom() {
  random = (random * 48_271) % 2_147_483_647;
  return random % 10_000;
}

/** @param {string} module */
function resolveBuilt(module) {
  return new URL(`../../../dist/${module}.js`, import.meta.url).href;
}
