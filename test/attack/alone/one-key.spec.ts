import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { httpGet } from '../http-get.js';
import { ATTACKER, servedDuring, startAttacked, VICTIM } from './attacked-service.js';

/** How many requests an attacker sends ahead on one connection. */
const PIPELINED = 50;

/** How long an attack lasts at most. */
const ATTACK_MS = 20_000;

/** How many answers there were, by status. */
type Counts = Record<string, number>;

/** Sends requests for the paths over connections, pipelined, until all are answered or the time is over; counts the statuses. */
async function flood(port: number, paths: readonly string[], connections: number): Promise<Counts> {
  const counts: Counts = {};
  const perConnection = Math.ceil(paths.length / connections);
  const sockets: Socket[] = [];
  for (let start = 0; start < paths.length; start += perConnection) {
    sockets.push(floodOver(port, paths.slice(start, start + perConnection), counts));
  }
  const timer = setTimeout(() => sockets.forEach((socket) => socket.destroy()), ATTACK_MS);
  await Promise.all(sockets.map((socket) => once(socket, 'close')));
  clearTimeout(timer);
  return counts;
}

function floodOver(port: number, paths: readonly string[], counts: Counts): Socket {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  let [sent, answered, rest] = [0, 0, ''];
  const sendNext = (): void => {
    if (sent === paths.length) return;
    socket.write(`GET ${paths[sent++] ?? ''} HTTP/1.1\r\nHost: x\r\nX-API-Key: ${ATTACKER}\r\n\r\n`);
  };
  for (let n = 0; n < PIPELINED; n++) sendNext();
  socket.on('data', (text: string) => {
    rest += text;
    for (let match = STATUS_LINE.exec(rest); match !== null; match = STATUS_LINE.exec(rest)) {
      rest = rest.slice(match.index + match[0].length);
      counts[match[1] ?? ''] = (counts[match[1] ?? ''] ?? 0) + 1;
      answered++;
      sendNext();
    }
    rest = rest.slice(-20); // a status line may come in two parts
    if (answered === paths.length) socket.end();
  });
  return socket;
}

const STATUS_LINE = /HTTP\/1\.1 (\d{3}) /;

/** A selection that takes long to match, and is like no other. */
function costlyPath(n: number): string {
  const pattern = '*e'.repeat(26);
  return `/stats?${Array.from({ length: 60 }, (_, m) => `name=${pattern}*${m === 0 ? n : m}z`).join('&')}`;
}

/** A selection of everything that is like no other. */
function largePath(n: number): string {
  return `/stats?view=full&name=*&name=zz${n}`;
}

function pathsOf(path: (n: number) => string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => path(n));
}

describe('one API key that asks for as much as it can', () => {
  it('does not keep another key waiting by 5,900 selections that are costly to match', async () => {
    const service = startAttacked({ containers: 300 });
    const url = await service.url();
    await httpGet(`${url}/stats`, { 'X-API-Key': VICTIM });
    const attack = flood(Number(new URL(url).port), pathsOf(costlyPath, 5900), 300);
    const served = await servedDuring(service, attack);
    console.log('served under 5,900 costly selections:', served, await attack);
    expect(served).toMatchObject({ statuses: [200], maxAge: expect.toSatisfy(isPromised) as number });
    expect(served.p99Ms).toBeLessThan(250);
    expect(Object.keys(await attack)).toEqual(expect.arrayContaining(['200', '429']));
  });

  it('takes no more than a bounded amount of memory by 2,400 selections of 10,000 containers', async () => {
    const service = startAttacked({ containers: 10_000, nodeArgs: ['--max-old-space-size=512'] });
    const url = await service.url();
    await httpGet(`${url}/stats`, { 'X-API-Key': VICTIM });
    const attack = flood(Number(new URL(url).port), pathsOf(largePath, 2400), 240);
    const served = await servedDuring(service, attack);
    console.log('served under 2,400 large selections:', served, await attack);
    expect(served).toMatchObject({ statuses: [200], maxAge: expect.toSatisfy(isPromised) as number });
    expect(served.p99Ms).toBeLessThan(250);
    expect(served.peakMb).toBeLessThan(700);
  });

  it('takes no more than a bounded amount of memory by 500 streams of 10,000 containers', async () => {
    const service = startAttacked({ containers: 10_000, nodeArgs: ['--max-old-space-size=512'] });
    const url = await service.url();
    await httpGet(`${url}/stats`, { 'X-API-Key': VICTIM });
    const sockets = pathsOf((n) => largePath(n).replace('?', '/stream?'), 500).map((path) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1').resume();
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nX-API-Key: ${ATTACKER}\r\n\r\n`);
      return socket;
    });
    const served = await servedDuring(service, new Promise((resolve) => setTimeout(resolve, ATTACK_MS)));
    console.log('served under 500 large streams:', served);
    sockets.forEach((socket) => socket.destroy());
    expect(served).toMatchObject({ statuses: [200], maxAge: expect.toSatisfy(isPromised) as number });
    expect(served.peakMb).toBeLessThan(700);
  });

  it('is refused large responses while its clients leave 32 MB unread, and others are served', async () => {
    const service = startAttacked({ containers: 30_000 }); // more than the kernel takes of a response
    const url = await service.url();
    const port = Number(new URL(url).port);
    await httpGet(`${url}/stats`, { 'X-API-Key': VICTIM });
    const sockets = pathsOf(largePath, 5).map((path) => {
      const socket = connect({ port, host: '127.0.0.1' }).pause();
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nX-API-Key: ${ATTACKER}\r\n\r\n`);
      return socket;
    });
    const asked = (n: number): Promise<number> =>
      httpGet(url + largePath(n), { 'X-API-Key': ATTACKER }).then(({ status }) => status);
    await expect.poll(() => asked(99), { timeout: 20_000 }).toBe(429);
    expect((await httpGet(url + largePath(1), { 'X-API-Key': VICTIM })).status).toBe(200);
    sockets.forEach((socket) => socket.destroy());
    await expect.poll(() => asked(100), { timeout: 20_000 }).toBe(200);
  });
});

/** `STATS_MAX_AGE_MS`, in whole seconds. */
function isPromised(age: number): boolean {
  return age <= 5;
}
