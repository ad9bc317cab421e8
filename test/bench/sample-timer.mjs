// Times what the built service does with a sample: from what docker printed to the bytes of `GET /stats`. For each file
// named, tells the time per container, one figure a round.
import { readFileSync } from 'node:fs';

const ROUNDS = 40;
const WARM_UP_ROUNDS = 5;
/** How many containers are read before the time is taken: with few in a sample, many samples. */
const CONTAINERS_PER_ROUND = 10_000;

/** @type {typeof import('../../src/docker/docker-stats.service.js')} */
const { DockerStatsService } = await import(built('docker/docker-stats.service'));
/** @type {typeof import('../../src/stats/formats/stats-representations.js')} */
const { StatsRepresentations } = await import(built('stats/formats/stats-representations'));
/** @type {typeof import('../../src/sampling/clock.js')} */
const { MonotonicClock } = await import(built('sampling/clock'));

/** @type {typeof import('../../src/docker/docker-cli.js')} */
const { DockerCli } = await import(built('docker/docker-cli'));
/** @type {typeof import('../../src/config/read-settings.js')} */
const { readSettings } = await import(built('config/read-settings'));

const outputs = process.argv.slice(2).map((file) => readFileSync(file, 'utf8'));
/** @type {number[][]} */
const figures = outputs.map(() => []);
for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
  for (const [n, output] of outputs.entries()) {
    const us = await microsecondsPerContainer(output);
    if (round >= 0) figures[n]?.push(us);
  }
}
console.log(JSON.stringify(figures));

/** @param {string} stdout */
async function microsecondsPerContainer(stdout) {
  const settings = readSettings({});
  const docker = new DockerCli(runnerThatPrints(stdout), settings);
  const service = new DockerStatsService(docker, settings, new MonotonicClock());
  const representations = new StatsRepresentations();
  let containers = 0;
  const before = performance.now();
  while (containers < CONTAINERS_PER_ROUND) {
    const sample = await service.sample();
    (await representations.list(sample, {}, 'json')).identity(0);
    containers += sample.containers.length;
  }
  return ((performance.now() - before) * 1000) / containers;
}

/** @param {string} stdout */
function runnerThatPrints(stdout) {
  const result = { exitCode: 0, signal: null, stdout, stderr: '', durationMs: 0, timedOut: false };
  return {
    killed: { deadline: 0, output_limit: 0, abort: 0 },
    /** @param {import('../../src/command/command-runner.js').Command} command */
    run: ({ args }) => Promise.resolve(args[0] === 'version' ? { ...result, stdout: '28.2.2' } : result),
  };
}

/** @param {string} module */
function built(module) {
  return new URL(`../../dist/${module}.js`, import.meta.url).href;
}
