import { StandIn } from '../support/stand-in.js';
import { medianOf, ratioOf } from './figures.js';
import { eachOf, loadWarm, SAMPLING_ONLY_UNDER_LOAD } from './load.js';
import { alternate } from './rounds.js';
import { scenario } from './scenario.js';
import { Server } from './server.js';

scenario('warm GET /stats, 50 connections, a log line each against none', async (record) => {
  const docker = new StandIn({ containers: 100, durationMs: 2000 });
  const env = { ...docker.env, ...SAMPLING_ONLY_UNDER_LOAD };
  const [logging, quiet] = [await Server.start(env), await Server.startQuiet(env)];

  const [lines, none] = await alternate(
    5,
    () => loadWarm(logging, 50, { seconds: 4 }),
    () => loadWarm(quiet, 50, { seconds: 4 }),
  );
  const perSecond = [eachOf(lines, 'requestsPerSecond'), eachOf(none, 'requestsPerSecond')] as const;
  record.figures(
    medianOf('requests per second', 'requests/s', perSecond[0]),
    medianOf('requests per second, no lines', 'requests/s', perSecond[1]),
    ratioOf('requests per second, a line each / none', perSecond, { atLeast: 0.8 }),
  );
});
