import { StandIn } from '../support/stand-in.js';
import { medianOf, ratioOf, single, sum } from './figures.js';
import { eachOf, load, type Load, loadWarm, SAMPLING_ONLY_UNDER_LOAD } from './load.js';
import { alternate } from './rounds.js';
import { scenario } from './scenario.js';
import { Server } from './server.js';

scenario('warm GET /stats, 50 connections, against a bare Nest application that logs too', async (record) => {
  const docker = new StandIn({ containers: 100, durationMs: 2000 });
  const service = await Server.start({ ...docker.env, ...SAMPLING_ONLY_UNDER_LOAD });
  const bare = await Server.startBareNest(await service.stats(), { LOG: 'true' });
  const loadService = (): Promise<Load> => loadWarm(service, 50, { seconds: 4 });
  const loadBare = (): Promise<Load> => load(bare, 50, { seconds: 4 });

  const [ours, theirs] = await alternate(5, loadService, loadBare);
  const { late } = await service.probe(loadService);
  const { late: bareLate } = await bare.probe(loadBare);

  const perSecond = [eachOf(ours, 'requestsPerSecond'), eachOf(theirs, 'requestsPerSecond')] as const;
  const p99 = [eachOf(ours, 'p99'), eachOf(theirs, 'p99')] as const;
  record.figures(
    medianOf('requests per second', 'requests/s', perSecond[0]),
    medianOf('requests per second, bare', 'requests/s', perSecond[1]),
    ratioOf('requests per second, service / bare', perSecond, { atLeast: 0.8 }),
    medianOf('latency p50', 'ms', eachOf(ours, 'p50')),
    medianOf('latency p50, bare', 'ms', eachOf(theirs, 'p50')),
    medianOf('latency p99', 'ms', p99[0]),
    medianOf('latency p99, bare', 'ms', p99[1]),
    ratioOf('latency p99, service / bare', p99, { atMost: 5 }),
    single('failed requests', '', sum(eachOf(ours, 'errors')), { exactly: 0 }),
    single('event loop delay p99', 'ms', late.p99),
    single('event loop delay p99, bare', 'ms', bareLate.p99),
  );
});
