import { StandIn } from '../support/stand-in.js';
import { medianOf, ratioOf } from './figures.js';
import { eachOf, type Load, loadWarm, SAMPLING_ONLY_UNDER_LOAD } from './load.js';
import { cpuSeconds } from './process-figures.js';
import { alternate } from './rounds.js';
import { scenario } from './scenario.js';
import { Server } from './server.js';

/** What the service spent on each answer of a load. */
interface Spent extends Load {
  readonly cpuMicroseconds: number;
}

scenario('warm GET /stats, 50 connections, a log line each against none', async (record) => {
  const docker = new StandIn({ containers: 100, durationMs: 2000 });
  const env = { ...docker.env, ...SAMPLING_ONLY_UNDER_LOAD };
  const [logging, quiet] = [await Server.start(env), await Server.startQuiet(env)];

  const [lines, none] = await alternate(
    5,
    () => spend(logging),
    () => spend(quiet),
  );
  const perSecond = [eachOf(lines, 'requestsPerSecond'), eachOf(none, 'requestsPerSecond')] as const;
  const cpu = [lines, none].map((rounds) => rounds.map(({ cpuMicroseconds }) => cpuMicroseconds));
  const [cpuLines = [], cpuNone = []] = cpu;
  record.figures(
    medianOf('requests per second', 'requests/s', perSecond[0]),
    medianOf('requests per second, no lines', 'requests/s', perSecond[1]),
    ratioOf('requests per second, a line each / none', perSecond),
    medianOf('CPU of a request', 'µs', cpuLines),
    medianOf('CPU of a request, no lines', 'µs', cpuNone),
    ratioOf('CPU of a request, a line / none', [cpuLines, cpuNone], { atMost: 1.25 }),
  );
});

async function spend(server: Server): Promise<Spent> {
  const before = cpuSeconds(server.pid);
  const load = await loadWarm(server, 50, { seconds: 4 });
  return { ...load, cpuMicroseconds: ((cpuSeconds(server.pid) - before) / load.answers) * 1e6 };
}
