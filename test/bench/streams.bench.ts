import { vi } from 'vitest';
import { FakeDockerCli } from '../support/docker/fake-docker-cli.js';
import { scenario } from './report/scenario.js';
import { type Probed, Server } from './measure/server.js';

const STREAMS = 1000;
const PROBES = 3;
const SAMPLES_PER_PROBE = 3;

scenario('1,000 streams of 100 containers', async (record) => {
  const docker = new FakeDockerCli({ containers: 100, durationMs: 1000 });
  // By default, one API key may not have all of the 1,000 streams.
  const service = await Server.start({ ...docker.env, STREAMS_MAX: String(2 * STREAMS) });
  const url = `${await service.waitForUrl()}/stats/stream`;
  const oneReader = await Server.startStreamReaders(url, 1);
  const before = await service.probe(() => waitForSpreads(oneReader, SAMPLES_PER_PROBE));
  await oneReader.stop();

  const readers = await Server.startStreamReaders(url, STREAMS);
  const probes: Probed<number[]>[] = [];
  for (let n = 1; n <= PROBES; n++) {
    probes.push(await service.probe(() => waitForSpreads(readers, n * SAMPLES_PER_PROBE)));
  }
  const spreads = probes.at(-1)?.result ?? [];
  const residentKb = probes.map((after) => (after.residentKb - before.residentKb) / STREAMS);
  const heapKb = probes.map((after) => (after.heapKb - before.heapKb) / STREAMS);
  const delays = probes.map(({ eventLoopDelay }) => eventLoopDelay);

  record.addMedian('resident memory per stream', 'KB', residentKb);
  record.addMedian('live heap per stream', 'KB', heapKb);
  record.addMedian('from the first reader to the last', 'ms', spreads);
  record.addMedian(
    'event loop delay p99',
    'ms',
    delays.map(({ p99 }) => p99),
  );
  record.addMedian(
    'event loop delay, longest',
    'ms',
    delays.map(({ max }) => max),
  );
});

/** Waits until all readers have received `samples` samples. Returns, in ms, how long after the first reader the last one got each. */
function waitForSpreads(readers: Server, samples: number): Promise<number[]> {
  const find = (): number[] => {
    const spreads = Array.from(readers.output.matchAll(/spread (\S+) ms/g), ([, ms]) => Number(ms));
    if (spreads.length < samples) {
      throw new Error(`Only ${spreads.length} of ${samples} samples were received:\n${readers.output}`);
    }
    return spreads;
  };
  return vi.waitFor(find, { timeout: 60_000, interval: 500 });
}
