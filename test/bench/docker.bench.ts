import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe } from 'vitest';
import { PS_TEMPLATE } from '../../src/docker/parsers/parse-docker-ps.js';
import { DOCKER_CLIS, NO_DOCKER_ENGINE } from '../support/vitest/docker-availability.js';
import { DockerEngine } from '../support/engines/docker-engine.js';
import { FakeDockerCli } from '../support/docker/fake-docker-cli.js';
import { CountingDocker } from './measure/counting-docker.js';
import { readCpuSeconds, readCpuSecondsWithChildren } from './measure/cpu-time.js';
import { sum } from './report/figures.js';
import { load, loadWarm, pluck, SAMPLING_ONLY_UNDER_LOAD } from './measure/load.js';
import { alternate, measureMs } from './measure/rounds.js';
import { scenario, type ScenarioRecord } from './report/scenario.js';
import { Server } from './measure/server.js';

/** Waited before each first response: an engine that has just been used responds half a second sooner. */
const IDLE_MS = 3000;

const run = promisify(execFile);

const CONTAINERS = Number(process.env['BENCH_CONTAINERS'] ?? 100);
const STARTED_AT_ONCE = 10;

/** How long the CPU time of the engine at rest is measured. */
const REST_MS = 30_000;

const POLL_MS = 15_000;
const POLLS = 8;

/** The commands of one sample. */
const STATS_ARGS = ['stats', '--all', '--no-stream', '--no-trunc', '--format', '{{json .}}'];
const PS_ARGS = ['ps', '--all', '--no-trunc', '--format', PS_TEMPLATE];

/** The service runs docker once, and not again during the scenario. */
const ONE_RUN = { STATS_INTERVAL_MS: '60000', STATS_MAX_AGE_MS: '60000' };

/** Returns the CPU time of all processes of an engine. */
function readEngineCpu(engine: DockerEngine | undefined): number {
  return sum((engine?.pids ?? []).map(readCpuSeconds));
}

describe('with docker', () => {
  let engine: DockerEngine | undefined;

  beforeAll(async () => {
    if (NO_DOCKER_ENGINE !== undefined) return;
    const started = new DockerEngine();
    engine = started; // before it starts, so that afterAll always stops it
    await started.start();
    for (let first = 1; first <= CONTAINERS; first += STARTED_AT_ONCE) {
      const names = Array.from({ length: STARTED_AT_ONCE }, (_, n) => `idle-${first + n}`);
      await Promise.all(names.map((name) => started.runContainer(name, 'sleep 10000')));
    }
  }, CONTAINERS * 2000);
  afterAll(() => engine?.destroy(), CONTAINERS * 2000);

  /** The environment with which a server runs docker: the real engine, or a fake CLI where there is none. */
  function createDockerEnv(record: ScenarioRecord): { [name: string]: string; DOCKER_BIN: string } {
    if (engine === undefined) return new FakeDockerCli({ containers: CONTAINERS, durationMs: 2000 }).env;
    const [cli = 'docker'] = DOCKER_CLIS;
    record.docker = 'real engine';
    return { DOCKER_BIN: cli, DOCKER_HOST: engine.host };
  }

  scenario('warm GET /stats, 50 connections, against a docker process per request', async (record) => {
    const docker = createDockerEnv(record);
    const service = await Server.start({ ...docker, ...SAMPLING_ONLY_UNDER_LOAD });
    const naive = await Server.startProcessPerRequest(docker);

    const [serviceRounds, naiveRounds] = await alternate(
      3,
      () => loadWarm(service, 50, { seconds: 3 }),
      () => load(naive, 50, { requests: 100 }),
    );
    const ours = pluck(serviceRounds, 'requestsPerSecond');
    const theirs = pluck(naiveRounds, 'requestsPerSecond');
    record.addMedian('requests per second', 'requests/s', ours);
    record.addMedian('requests per second, process per request', 'requests/s', theirs);
    record.addRatio('requests per second, service / process per request', ours, theirs, { atLeast: 500 });
    record.addValue('failed requests', '', sum(pluck(serviceRounds, 'errors')), { exactly: 0 });
  });

  scenario('one client every 15 s, against a docker process per request', async (record) => {
    const docker = createDockerEnv(record);
    const service = await Server.start(docker);
    const naive = await Server.startProcessPerRequest(docker);

    const restBefore = readEngineCpu(engine);
    await delay(REST_MS);
    const restPerMs = (readEngineCpu(engine) - restBefore) / REST_MS;

    /** Polls, and measures the CPU time of the server, of its docker processes and of the engine, without that at rest. */
    const poll = async (
      server: Server,
      requests: number,
    ): Promise<{ cpuSeconds: number; latencies: number[] }> => {
      const startedAt = performance.now();
      const before = readEngineCpu(engine) + readCpuSecondsWithChildren(server.pid);
      const latencies: number[] = [];
      for (let n = 0; n < requests; n++) {
        latencies.push(await measureMs(() => server.getStats()));
        await delay(startedAt + (n + 1) * POLL_MS - performance.now());
      }
      const used = readEngineCpu(engine) + readCpuSecondsWithChildren(server.pid) - before;
      return { cpuSeconds: used - restPerMs * requests * POLL_MS, latencies };
    };

    await poll(service, 3); // now the service knows the period
    const ours = await poll(service, POLLS);
    const theirs = await poll(naive, POLLS);
    const asShare = ({ cpuSeconds }: { cpuSeconds: number }): number =>
      (cpuSeconds * 100_000) / (POLLS * POLL_MS);
    record.addMedian('latency', 'ms', ours.latencies, { atMost: 10 });
    record.addMedian('latency, process per request', 'ms', theirs.latencies);
    record.addValue('CPU of engine, CLI and server, of a core', '%', asShare(ours));
    record.addValue('CPU, process per request', '%', asShare(theirs));
    record.addRatio('CPU, service / process per request', [ours.cpuSeconds], [theirs.cpuSeconds], {
      atMost: 1.15,
    });
  });

  scenario('docker ps beside docker stats, against docker stats alone', async (record) => {
    const docker = createDockerEnv(record);
    const runCli = (args: readonly string[]): Promise<unknown> =>
      run(docker.DOCKER_BIN, args, { env: { ...process.env, ...docker }, maxBuffer: 2 ** 26 });
    const measure = async (...commands: (readonly string[])[]): Promise<{ ms: number; cpuMs: number }> => {
      await delay(IDLE_MS);
      const before = readEngineCpu(engine) + readCpuSecondsWithChildren(process.pid);
      const ms = await measureMs(() => Promise.all(commands.map(runCli)));
      return { ms, cpuMs: 1000 * (readEngineCpu(engine) + readCpuSecondsWithChildren(process.pid) - before) };
    };
    const [both, alone] = await alternate(
      10,
      () => measure(STATS_ARGS, PS_ARGS),
      () => measure(STATS_ARGS),
    );
    record.addValue('containers', '', CONTAINERS);
    record.addMedian('time, both', 'ms', pluck(both, 'ms'));
    record.addMedian('time, docker stats alone', 'ms', pluck(alone, 'ms'));
    record.addRatio('time, both / docker stats alone', pluck(both, 'ms'), pluck(alone, 'ms'), {
      atMost: 1.05,
    });
    record.addMedian('CPU of engine and CLI, both', 'ms', pluck(both, 'cpuMs'));
    record.addMedian('CPU of engine and CLI, docker stats alone', 'ms', pluck(alone, 'cpuMs'));
    record.addRatio('CPU, both / docker stats alone', pluck(both, 'cpuMs'), pluck(alone, 'cpuMs'), {
      atMost: 1.15,
    });
  });

  scenario('1,000 cold requests at once', async (record) => {
    const docker = new CountingDocker(createDockerEnv(record));
    const service = await Server.start({ ...docker.env, ...ONE_RUN });
    const runsBefore = docker.statsRuns;
    const probed = await service.probe(() => load(service, 1000, { requests: 1000 }));
    const { eventLoopDelay, result: cold } = probed;
    record.addValue('runs of docker stats', '', docker.statsRuns - runsBefore, { exactly: 1 });
    record.addValue('responses with the sample', '', cold.responses, { exactly: 1000 });
    record.addValue('failed requests', '', cold.errors, { exactly: 0 });
    record.addValue('latency p99', 'ms', cold.p99);
    record.addValue('event loop delay p99', 'ms', eventLoopDelay.p99);
    record.addValue('event loop delay, longest', 'ms', eventLoopDelay.max);
  });

  scenario('first response after idle, against docker stats alone', async (record) => {
    const docker = createDockerEnv(record);
    const argv = ['stats', '--no-stream', '--no-trunc', '--format', '{{json .}}'];
    const [first, alone] = await alternate(
      5,
      async () => {
        const service = await Server.start({ ...docker, ...ONE_RUN });
        await delay(IDLE_MS);
        const ms = await measureMs(() => service.getStats());
        await service.stop();
        return ms;
      },
      async () => {
        await delay(IDLE_MS);
        return measureMs(() => run(docker.DOCKER_BIN, argv, { env: { ...process.env, ...docker } }));
      },
    );
    record.addMedian('time to the first response', 'ms', first);
    record.addMedian('docker stats --no-stream', 'ms', alone);
    record.addRatio('time to the first response / docker stats', first, alone, { atMost: 1.1 });
  });
});
