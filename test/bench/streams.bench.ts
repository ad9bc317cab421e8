import { vi } from 'vitest';
import { StandIn } from '../support/stand-in.js';
import { medianOf } from './figures.js';
import { scenario } from './scenario.js';
import { type Probed, Server } from './server.js';

const STREAMS = 1000;
const PROBES = 3;
const SAMPLES_PER_PROBE = 3;

scenario('1,000 streams of 100 containers', async (record) => {
  const service = await Server.start(new StandIn({ containers: 100, durationMs: 1000 }).env);
  const url = `${await service.url()}/stats/stream`;
  const one = await Server.startStreamReaders(url, 1);
  const before = await service.probe(() => spreads(one, SAMPLES_PER_PROBE));
  await one.stop();

  const readers = await Server.startStreamReaders(url, STREAMS);
  const probes: Probed<number[]>[] = [];
  for (let n = 1; n <= PROBES; n++) {
    probes.push(await service.probe(() => spreads(readers, n * SAMPLES_PER_PROBE)));
  }
  const perStream = (kb: 'residentKb' | 'heapKb'): number[] =>
    probes.map((after) => (after[kb] - before[kb]) / STREAMS);
  record.figures(
    medianOf('resident memory per stream', 'KB', perStream('residentKb')),
    medianOf('of which live objects', 'KB', perStream('heapKb')),
    medianOf('last reader after the first', 'ms', probes.at(-1)?.result ?? []),
    medianOf(
      'event loop delay p99',
      'ms',
      probes.map(({ late }) => late.p99),
    ),
    medianOf(
      'event loop delay, longest',
      'ms',
      probes.map(({ late }) => late.max),
    ),
  );
});

/** How long after the first reader the last one had each sample so far, in ms; waits for so many samples. */
function spreads(readers: Server, samples: number): Promise<number[]> {
  const find = (): number[] => {
    const told = Array.from(readers.output.matchAll(/spread (\S+) ms/g), ([, ms]) => Number(ms));
    if (told.length < samples)
      throw new Error(`${told.length} of ${samples} samples came:\n${readers.output}`);
    return told;
  };
  return vi.waitFor(find, { timeout: 60_000, interval: 500 });
}
