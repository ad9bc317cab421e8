import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { scenario } from './report/scenario.js';

const run = promisify(execFile);

const TIMER = new URL('programs/history-timer.mjs', import.meta.url).pathname;
const BYTES_PER_MB = 2 ** 20;

/** Durations in ms, one per round. */
interface Durations {
  readonly totals: readonly number[];
  /** The longest time for which the event loop was blocked. */
  readonly blocked: readonly number[];
}

interface Results {
  readonly memoryBytes: number;
  readonly countedBytes: number;
  readonly add: Durations;
  readonly columns: Durations;
  readonly points: Durations;
  readonly summary: Durations;
  readonly largeSummary: Durations;
  readonly hostsColumns: Durations;
  readonly hostsPoints: Durations;
  readonly hostsSummary: Durations;
}

scenario('history', async (record) => {
  const { stdout } = await run(process.execPath, ['--expose-gc', TIMER]);
  const results = JSON.parse(stdout) as Results;
  record.addValue('1,000 containers, 15 minutes: memory', 'MB', results.memoryBytes / BYTES_PER_MB, {
    atMost: 20,
  });
  record.addValue(
    '1,000 containers, 15 minutes: bytes that it counts',
    'MB',
    results.countedBytes / BYTES_PER_MB,
  );
  record.addMedian('add a sample of 10,000 containers', 'ms', results.add.totals);
  record.addMedian('add a sample of 10,000 containers: event loop', 'ms', results.add.blocked, {
    atMost: 10,
  });
  for (const [name, durations] of [
    ['1,000 containers, 450 samples, 2 fields', results.columns],
    ['1,000 containers, 450 samples, points=100, 2 fields', results.points],
    ['1,000 containers, 450 samples, view=summary', results.summary],
    ['10,000 containers, 100 samples, view=summary', results.largeSummary],
    ['50 hosts with 50 containers, 5 minutes, 2 fields', results.hostsColumns],
    ['50 hosts with 50 containers, an hour, points=60, 2 fields', results.hostsPoints],
    ['50 hosts with 50 containers, an hour, view=summary, sort=-cpuUsage', results.hostsSummary],
  ] as const) {
    record.addMedian(`response of ${name}`, 'ms', durations.totals);
    record.addMedian(`response of ${name}: event loop`, 'ms', durations.blocked, { atMost: 20 });
  }
});
