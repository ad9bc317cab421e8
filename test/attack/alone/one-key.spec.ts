import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ServiceProcess } from '../../support/service/service-process.js';
import { httpGet } from '../http-get.js';
import {
  ATTACKER_KEY,
  type AttackedServiceOptions,
  OTHER_KEY,
  pollDuring,
  startAttackedService,
} from './attacked-service.js';
import { ATTACK_MS, flood, sendRequest } from './flood.js';

/** `STATS_MAX_AGE_MS`, in seconds. */
const MAX_AGE = 5;

const SMALL_HEAP = ['--max-old-space-size=512'];

describe('one API key with many expensive requests', () => {
  it('does not delay another key with 5,900 name filters that are slow to match', async () => {
    const { service, port } = await startWithSample({ containers: 300 });
    const attack = flood(port, createPaths(createSlowFilter, 5900), 300);
    const other = await pollDuring(service, attack);
    console.log('other client during 5,900 slow filters:', other, await attack);
    expect(other.statuses).toEqual([200]);
    expect(other.maxAge).toBeLessThanOrEqual(MAX_AGE);
    expect(other.p99Ms).toBeLessThan(250);
    expect(Object.keys(await attack)).toEqual(expect.arrayContaining(['200', '429']));
  });

  it('does not use more than 700 MB of memory with 2,400 filters that match 10,000 containers', async () => {
    const { service, port } = await startWithSample({ containers: 10_000, nodeArgs: SMALL_HEAP });
    const attack = flood(port, createPaths(createLargeFilter, 2400), 240);
    const other = await pollDuring(service, attack);
    console.log('other client during 2,400 large responses:', other, await attack);
    expect(other.statuses).toEqual([200]);
    expect(other.maxAge).toBeLessThanOrEqual(MAX_AGE);
    expect(other.p99Ms).toBeLessThan(250);
    expect(other.peakMb).toBeLessThan(700);
  });

  it('does not use more than 700 MB of memory with 500 streams of 10,000 containers', async () => {
    const { service, port } = await startWithSample({ containers: 10_000, nodeArgs: SMALL_HEAP });
    const paths = createPaths((n) => createLargeFilter(n).replace('?', '/stream?'), 500);
    const sockets = paths.map((path) => {
      const socket = connect(port, '127.0.0.1').resume();
      sendRequest(socket, path);
      return socket;
    });
    const other = await pollDuring(service, delay(ATTACK_MS));
    console.log('other client during 500 large streams:', other);
    sockets.forEach((socket) => socket.destroy());
    expect(other.statuses).toEqual([200]);
    expect(other.maxAge).toBeLessThanOrEqual(MAX_AGE);
    expect(other.peakMb).toBeLessThan(700);
  });

  it('gets 429 while its clients leave 32 MB of responses unread, and another key gets 200', async () => {
    const { url, port } = await startWithSample({ containers: 30_000 }); // a response larger than the socket buffers
    const sockets = createPaths(createLargeFilter, 5).map((path) => {
      const socket = connect({ port, host: '127.0.0.1' }).pause();
      sendRequest(socket, path);
      return socket;
    });
    const getStatus = async (n: number, key: string): Promise<number> =>
      (await httpGet(url + createLargeFilter(n), { 'X-API-Key': key })).status;
    await expect.poll(() => getStatus(99, ATTACKER_KEY), { timeout: 20_000 }).toBe(429);
    expect(await getStatus(1, OTHER_KEY)).toBe(200);
    sockets.forEach((socket) => socket.destroy());
    await expect.poll(() => getStatus(100, ATTACKER_KEY), { timeout: 20_000 }).toBe(200);
  });
});

/** Starts the service, and waits for its first sample. */
async function startWithSample(
  options: AttackedServiceOptions,
): Promise<{ service: ServiceProcess; url: string; port: number }> {
  const service = startAttackedService(options);
  const url = await service.waitForUrl();
  await httpGet(`${url}/stats`, { 'X-API-Key': OTHER_KEY });
  return { service, url, port: Number(new URL(url).port) };
}

function createPaths(createPath: (n: number) => string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => createPath(n));
}

/** Filters by 60 patterns that take long to match. Different for every `n`, so that the response is not cached. */
function createSlowFilter(n: number): string {
  const pattern = '*e'.repeat(26);
  return `/stats?${Array.from({ length: 60 }, (_, m) => `name=${pattern}*${m === 0 ? n : m}z`).join('&')}`;
}

/** Selects all containers. Different for every `n`, so that the response is not cached. */
function createLargeFilter(n: number): string {
  return `/stats?view=full&name=*&name=zz${n}`;
}
