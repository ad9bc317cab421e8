import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe } from 'vitest';
import { DOCKER_CLIS, NO_DOCKER_ENGINE } from '../support/docker-availability.js';
import { DockerEngine } from '../support/docker-engine.js';
import { StandIn } from '../support/stand-in.js';
import { CountedDocker } from './counted-docker.js';
import { medianOf, ratioOf, single, sum } from './figures.js';
import { eachOf, load, loadWarm, SAMPLING_ONLY_UNDER_LOAD } from './load.js';
import { alternate, timed } from './rounds.js';
import { scenario, type ScenarioRecord } from './scenario.js';
import { Server } from './server.js';

/** Before each first answer: an engine asked again at once answers half a second sooner, whoever asks. */
const IDLE_MS = 3000;

const run = promisify(execFile);

const CONTAINERS = 100;
const STARTED_AT_ONCE = 10;

/** One run of docker, and no next one for as long as a scenario takes. */
const ONE_RUN = { STATS_INTERVAL_MS: '60000', STATS_MAX_AGE_MS: '60000' };

describe('on docker', () => {
  let engine: DockerEngine | undefined;

  beforeAll(async () => {
    if (NO_DOCKER_ENGINE !== undefined) return;
    const started = new DockerEngine();
    engine = started; // to be ended in any case
    await started.start();
    for (let first = 1; first <= CONTAINERS; first += STARTED_AT_ONCE) {
      const names = Array.from({ length: STARTED_AT_ONCE }, (_, n) => `idle-${first + n}`);
      await Promise.all(names.map((name) => started.runContainer(name, 'sleep 10000')));
    }
  });
  afterAll(() => engine?.destroy());

  /** The environment of the real engine, or else of the stand-in. */
  function dockerFor(record: ScenarioRecord): { [name: string]: string; DOCKER_BIN: string } {
    if (engine === undefined) return new StandIn({ containers: CONTAINERS, durationMs: 2000 }).env;
    const [cli = 'docker'] = DOCKER_CLIS;
    record.docker('real engine');
    return { DOCKER_BIN: cli, DOCKER_HOST: engine.host };
  }

  scenario('warm GET /stats, 50 connections, against a docker process per request', async (record) => {
    const docker = dockerFor(record);
    const service = await Server.start({ ...docker, ...SAMPLING_ONLY_UNDER_LOAD });
    const naive = await Server.startProcessPerRequest(docker);

    const [ours, theirs] = await alternate(
      3,
      () => loadWarm(service, 50, { seconds: 3 }),
      () => load(naive, 50, { requests: 100 }),
    );
    const perSecond = [eachOf(ours, 'requestsPerSecond'), eachOf(theirs, 'requestsPerSecond')] as const;
    record.figures(
      medianOf('requests per second', 'requests/s', perSecond[0]),
      medianOf('requests per second, process per request', 'requests/s', perSecond[1]),
      ratioOf('requests per second, service / process per request', perSecond, { atLeast: 500 }),
      single('failed requests', '', sum(eachOf(ours, 'errors')), { exactly: 0 }),
    );
  });

  scenario('1,000 cold requests at once', async (record) => {
    const docker = new CountedDocker(dockerFor(record));
    const service = await Server.start({ ...docker.env, ...ONE_RUN });
    const runsBefore = docker.statsRuns;
    const { late, result: cold } = await service.probe(() => load(service, 1000, { requests: 1000 }));
    record.figures(
      single('runs of docker stats', '', docker.statsRuns - runsBefore, { exactly: 1 }),
      single('answers with the figures', '', cold.answers, { exactly: 1000 }),
      single('failed requests', '', cold.errors, { exactly: 0 }),
      single('latency p99', 'ms', cold.p99),
      single('event loop delay p99', 'ms', late.p99),
      single('event loop delay, longest', 'ms', late.max),
    );
  });

  scenario('first answer after idle, against docker stats alone', async (record) => {
    const docker = dockerFor(record);
    const argv = ['stats', '--no-stream', '--no-trunc', '--format', '{{json .}}'];
    const [first, alone] = await alternate(
      5,
      async () => {
        const service = await Server.start({ ...docker, ...ONE_RUN });
        await delay(IDLE_MS);
        const ms = await timed(() => service.stats());
        await service.stop();
        return ms;
      },
      async () => {
        await delay(IDLE_MS);
        return timed(() => run(docker.DOCKER_BIN, argv, { env: { ...process.env, ...docker } }));
      },
    );
    record.figures(
      medianOf('time to the first answer', 'ms', first),
      medianOf('docker stats --no-stream', 'ms', alone),
      ratioOf('time to the first answer / docker stats', [first, alone], { atMost: 1.1 }),
    );
  });
});
