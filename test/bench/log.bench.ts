import { StandIn } from '../support/stand-in.js';
import { medianOf, ratioOf } from './figures.js';
import { eachOf, load, SAMPLING_ONLY_UNDER_LOAD, spend } from './load.js';
import { alternate } from './rounds.js';
import { scenario } from './scenario.js';
import { Server } from './server.js';

scenario('warm GET /stats, 50 connections, a log line each against none', async (record) => {
  const docker = new StandIn({ containers: 100, durationMs: 2000 });
  const env = { ...docker.env, ...SAMPLING_ONLY_UNDER_LOAD };
  const [logging, quiet] = [await Server.start(env), await Server.startQuiet(env)];

  const bare = await Server.startBareNest(await logging.stats());
  const [lines, others] = await alternate(
    5,
    () => spend(logging),
    async () => ({ none: await spend(quiet), bare: await load(bare, 50, { seconds: 4 }) }),
  );
  const none = others.map((other) => other.none);
  const bares = others.map((other) => other.bare);
  const perSecond = [eachOf(lines, 'requestsPerSecond'), eachOf(none, 'requestsPerSecond')] as const;
  const cpu = [lines, none].map((rounds) => rounds.map(({ cpuMicroseconds }) => cpuMicroseconds));
  const [cpuLines = [], cpuNone = []] = cpu;
  record.figures(
    medianOf('requests per second', 'requests/s', perSecond[0]),
    medianOf('requests per second, no lines', 'requests/s', perSecond[1]),
    ratioOf('requests per second, a line each / none', perSecond),
    ratioOf('requests per second, a line each / a bare Nest application without', [
      perSecond[0],
      eachOf(bares, 'requestsPerSecond'),
    ]),
    medianOf('CPU of a request', 'µs', cpuLines),
    medianOf('CPU of a request, no lines', 'µs', cpuNone),
    ratioOf('CPU of a request, a line / none', [cpuLines, cpuNone], { atMost: 1.25 }),
  );
});
