// Measures how long the built service takes to turn the output of docker into the body of `GET /stats`. The arguments are files
// with such output. Prints the time per container, in microseconds, for each file and round.
import { readFileSync } from 'node:fs';

const ROUNDS = 40;
const WARM_UP_ROUNDS = 5;
/** A round parses so many containers: a file with few containers is parsed many times. */
const CONTAINERS_PER_ROUND = 10_000;

/** @type {typeof import('../../../src/docker/docker-stats.service.js')} */
const { DockerStatsService } = await import(resolveBuilt('docker/docker-stats.service'));
/** @type {typeof import('../../../src/stats/formats/stats-representations.js')} */
const { StatsRepresentations } = await import(resolveBuilt('stats/formats/stats-representations'));
/** @type {typeof import('../../../src/sampling/clock.js')} */
const { MonotonicClock } = await import(resolveBuilt('sampling/clock'));
/** @type {typeof import('../../../src/docker/cli/docker-cli.js')} */
const { DockerCli } = await import(resolveBuilt('docker/docker-cli'));
/** @type {typeof import('../../../src/config/read-settings.js')} */
const { readSettings } = await import(resolveBuilt('config/read-settings'));

const outputs = process.argv.slice(2).map((file) => readFileSync(file, 'utf8'));
/** @type {number[][]} */
const results = outputs.map(() => []);
for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
  for (const [n, output] of outputs.entries()) {
    const microseconds = await measurePerContainer(output);
    if (round >= 0) results[n]?.push(microseconds);
  }
}
console.log(JSON.stringify(results));

/** @param {string} stdout */
async function measurePerContainer(stdout) {
  const settings = readSettings({});
  const docker = new DockerCli(createRunner(stdout), settings);
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

/**
 * Creates a command runner that returns this output for `docker stats`.
 *
 * @param {string} stdout
 */
function createRunner(stdout) {
  const result = { exitCode: 0, signal: null, stdout, stderr: '', durationMs: 0, timedOut: false };
  return {
    killed: { deadline: 0, output_limit: 0, abort: 0 },
    /** @param {import('../../../src/command/command-runner.js').Command} command */
    run: ({ args }) => Promise.resolve(args[0] === 'version' ? { ...result, stdout: '28.2.2' } : result),
  };
}

/** @param {string} module */
function resolveBuilt(module) {
  return new URL(`../../../dist/${module}.js`, import.meta.url).href;
}
