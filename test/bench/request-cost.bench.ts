import { StandIn } from '../support/stand-in.js';
import { type Goal, medianOf, ratioOf, single, sum } from './figures.js';
import { eachOf, SAMPLING_ONLY_UNDER_LOAD, spend } from './load.js';
import { nodeOf, versionOf } from './node-versions.js';
import { alternate } from './rounds.js';
import { scenario, type ScenarioRecord } from './scenario.js';
import { Server } from './server.js';

/** How many containers make a body of about 360 bytes: what is measured is the request, not its body. */
const CONTAINERS = 6;

/** The CPU of a request against the bare Nest application, on the current Node. */
const GOALS: Readonly<Record<number, { readonly quiet: Goal; readonly logging: Goal }>> = {
  26: { quiet: { atMost: 1.5 }, logging: { atMost: 1.8 } },
};

for (const major of [20, 26]) {
  scenario(
    `warm GET /stats, 50 connections, against bare Nest and bare node:http without a log, Node ${major}`,
    (record) => compare(record, major),
  );
}

async function compare(record: ScenarioRecord, major: number): Promise<void> {
  const node = nodeOf(major);
  const docker = new StandIn({ containers: CONTAINERS, durationMs: 2000 });
  const env = { ...docker.env, ...SAMPLING_ONLY_UNDER_LOAD };
  const [logging, quiet] = [await Server.start(env, node), await Server.startQuiet(env, node)];
  const body = await logging.stats();
  const nest = await Server.startBare('nest', body, node);
  const http = await Server.startBare('http', body, node);
  const [ours, bare] = await alternate(
    5,
    async () => ({ logging: await spend(logging), quiet: await spend(quiet) }),
    async () => ({ nest: await spend(nest), http: await spend(http) }),
  );
  const rounds = {
    logging: ours.map((round) => round.logging),
    quiet: ours.map((round) => round.quiet),
    nest: bare.map((round) => round.nest),
    http: bare.map((round) => round.http),
  };
  const cpu = {
    logging: eachOf(rounds.logging, 'cpuMicroseconds'),
    quiet: eachOf(rounds.quiet, 'cpuMicroseconds'),
    nest: eachOf(rounds.nest, 'cpuMicroseconds'),
    http: eachOf(rounds.http, 'cpuMicroseconds'),
  };
  const perSecond = {
    logging: eachOf(rounds.logging, 'requestsPerSecond'),
    quiet: eachOf(rounds.quiet, 'requestsPerSecond'),
    nest: eachOf(rounds.nest, 'requestsPerSecond'),
    http: eachOf(rounds.http, 'requestsPerSecond'),
  };
  const p99 = [eachOf(rounds.logging, 'p99'), eachOf(rounds.nest, 'p99')] as const;
  const { late } = await logging.probe(() => spend(logging));
  const { late: bareLate } = await nest.probe(() => spend(nest));
  const goals = GOALS[major];
  const on = `Node ${versionOf(node)}`;
  record.figures(
    medianOf(`CPU of a request, ${on}, bare node:http`, 'µs', cpu.http),
    medianOf(`CPU of a request, ${on}, bare Nest`, 'µs', cpu.nest),
    medianOf(`CPU of a request, ${on}, LOG_LEVEL=warn`, 'µs', cpu.quiet),
    medianOf(`CPU of a request, ${on}, a line each`, 'µs', cpu.logging),
    ratioOf(`CPU of a request, ${on}, LOG_LEVEL=warn / bare Nest`, [cpu.quiet, cpu.nest], goals?.quiet),
    ratioOf(`CPU of a request, ${on}, a line each / bare Nest`, [cpu.logging, cpu.nest], goals?.logging),
    ratioOf(`CPU of a request, ${on}, a line each / LOG_LEVEL=warn`, [cpu.logging, cpu.quiet], {
      atMost: 1.25,
    }),
    ratioOf(`CPU of a request, ${on}, LOG_LEVEL=warn / bare node:http`, [cpu.quiet, cpu.http]),
    medianOf(`requests per second, ${on}, bare node:http`, 'requests/s', perSecond.http),
    medianOf(`requests per second, ${on}, bare Nest`, 'requests/s', perSecond.nest),
    medianOf(`requests per second, ${on}, LOG_LEVEL=warn`, 'requests/s', perSecond.quiet),
    medianOf(`requests per second, ${on}, a line each`, 'requests/s', perSecond.logging),
    ratioOf(`requests per second, ${on}, LOG_LEVEL=warn / bare Nest`, [perSecond.quiet, perSecond.nest]),
    ratioOf(`requests per second, ${on}, a line each / bare Nest`, [perSecond.logging, perSecond.nest]),
    ratioOf(`latency p99, ${on}, a line each / bare Nest`, p99, { atMost: 5 }),
    single(
      `failed requests, ${on}`,
      '',
      sum(Object.values(rounds).map((each) => sum(eachOf(each, 'errors')))),
      {
        exactly: 0,
      },
    ),
    single(`event loop delay p99, ${on}, a line each`, 'ms', late.p99),
    single(`event loop delay p99, ${on}, bare Nest`, 'ms', bareLate.p99),
  );
}
