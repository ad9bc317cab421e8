import { FakeDockerCli } from '../support/docker/fake-docker-cli.js';
import { type Goal, sum } from './report/figures.js';
import { loadAndMeasureCpu, pluck, SAMPLING_ONLY_UNDER_LOAD } from './measure/load.js';
import { installNode, readNodeVersion } from './measure/node-versions.js';
import { alternate } from './measure/rounds.js';
import { scenario, type ScenarioRecord } from './report/scenario.js';
import { Server } from './measure/server.js';

/** Gives a body of about 360 bytes: the scenario measures the cost of a request, not of its body. */
const CONTAINERS = 6;

/** Goals for the CPU time of a request, service / bare Nest, by Node version. */
const GOALS: Readonly<Record<number, { readonly withoutLog: Goal; readonly withLog: Goal }>> = {
  26: { withoutLog: { atMost: 1.5 }, withLog: { atMost: 1.8 } },
};

for (const major of [20, 26]) {
  scenario(
    `warm GET /stats, 50 connections, against bare Nest and bare node:http without a log, Node ${major}`,
    (record) => compare(record, major),
  );
}

async function compare(record: ScenarioRecord, major: number): Promise<void> {
  const node = installNode(major);
  const docker = new FakeDockerCli({ containers: CONTAINERS, durationMs: 2000 });
  const env = { ...docker.env, ...SAMPLING_ONLY_UNDER_LOAD };
  const withLog = await Server.start(env, node);
  const withoutLog = await Server.startWithoutLog(env, node);
  const body = await withLog.getStats();
  const nest = await Server.startBare('nest', body, node);
  const http = await Server.startBare('http', body, node);

  const [service, bare] = await alternate(
    5,
    async () => ({
      withLog: await loadAndMeasureCpu(withLog),
      withoutLog: await loadAndMeasureCpu(withoutLog),
    }),
    async () => ({ nest: await loadAndMeasureCpu(nest), http: await loadAndMeasureCpu(http) }),
  );
  const rounds = {
    http: bare.map((round) => round.http),
    nest: bare.map((round) => round.nest),
    withoutLog: service.map((round) => round.withoutLog),
    withLog: service.map((round) => round.withLog),
  };
  const version = `Node ${readNodeVersion(node)}`;
  const goals = GOALS[major];

  const cpu = mapValues(rounds, (loads) => pluck(loads, 'cpuMicroseconds'));
  const cpuName = `CPU of a request, ${version}`;
  record.addMedian(`${cpuName}, bare node:http`, 'µs', cpu.http);
  record.addMedian(`${cpuName}, bare Nest`, 'µs', cpu.nest);
  record.addMedian(`${cpuName}, LOG_LEVEL=warn`, 'µs', cpu.withoutLog);
  record.addMedian(`${cpuName}, with log line`, 'µs', cpu.withLog);
  record.addRatio(`${cpuName}, LOG_LEVEL=warn / bare Nest`, cpu.withoutLog, cpu.nest, goals?.withoutLog);
  record.addRatio(`${cpuName}, with log line / bare Nest`, cpu.withLog, cpu.nest, goals?.withLog);
  record.addRatio(`${cpuName}, with log line / LOG_LEVEL=warn`, cpu.withLog, cpu.withoutLog, {
    atMost: 1.25,
  });
  record.addRatio(`${cpuName}, LOG_LEVEL=warn / bare node:http`, cpu.withoutLog, cpu.http);

  const perSecond = mapValues(rounds, (loads) => pluck(loads, 'requestsPerSecond'));
  const perSecondName = `requests per second, ${version}`;
  record.addMedian(`${perSecondName}, bare node:http`, 'requests/s', perSecond.http);
  record.addMedian(`${perSecondName}, bare Nest`, 'requests/s', perSecond.nest);
  record.addMedian(`${perSecondName}, LOG_LEVEL=warn`, 'requests/s', perSecond.withoutLog);
  record.addMedian(`${perSecondName}, with log line`, 'requests/s', perSecond.withLog);
  record.addRatio(`${perSecondName}, LOG_LEVEL=warn / bare Nest`, perSecond.withoutLog, perSecond.nest);
  record.addRatio(`${perSecondName}, with log line / bare Nest`, perSecond.withLog, perSecond.nest);

  const p99 = mapValues(rounds, (loads) => pluck(loads, 'p99'));
  record.addRatio(`latency p99, ${version}, with log line / bare Nest`, p99.withLog, p99.nest, { atMost: 5 });

  const errors = Object.values(rounds).flatMap((loads) => pluck(loads, 'errors'));
  record.addValue(`failed requests, ${version}`, '', sum(errors), { exactly: 0 });

  const probed = await withLog.probe(() => loadAndMeasureCpu(withLog));
  const probedNest = await nest.probe(() => loadAndMeasureCpu(nest));
  const delayName = `event loop delay p99, ${version}`;
  record.addValue(`${delayName}, with log line`, 'ms', probed.eventLoopDelay.p99);
  record.addValue(`${delayName}, bare Nest`, 'ms', probedNest.eventLoopDelay.p99);
}

function mapValues<Key extends string, From, To>(
  object: Readonly<Record<Key, From>>,
  map: (value: From) => To,
): Record<Key, To> {
  const entries = Object.entries<From>(object).map(([key, value]) => [key, map(value)]);
  return Object.fromEntries(entries) as Record<Key, To>;
}
