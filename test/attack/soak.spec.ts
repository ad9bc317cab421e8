import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { CountedDocker } from '../bench/counted-docker.js';
import { KEY, Server } from '../bench/server.js';
import { openDescriptors, processesWith } from '../support/processes.js';
import { random } from '../support/random.js';
import { StandIn } from '../support/stand-in.js';
import { CLIENTS, CONTAINERS, type Site } from './clients.js';

const SOAK_SECONDS = Number(process.env['SOAK_SECONDS'] ?? 60);

/** By then most code is compiled: heap that V8 goes on to fill for a while, slower and slower. */
const WARM_UP_SECONDS = Math.max(15, SOAK_SECONDS / 10);

/** How many clients there are at any time. */
const AT_ONCE = 24;

/** A client that has gone is followed by another after a while, up to this. */
const PAUSE_MS = 40;

/** Without a start of docker for so long, nobody is thought to be there: twice the time between two samples. */
const QUIET_MS = 2000;

const SETTINGS = {
  STATS_INTERVAL_MS: '1000',
  STATS_MAX_AGE_MS: '2000',
  STATS_IDLE_AFTER_MS: '500',
  STREAM_HEARTBEAT_MS: '1000',
  HEALTH_CACHE_MS: '500',
  RATE_LIMIT_PER_MINUTE: '1000000',
  AUTH_FAILURES_PER_MINUTE: '1000000',
};

/** What came of the clients. */
class Guestbook {
  readonly visits = new Map(Object.keys(CLIENTS).map((kind) => [kind, 0]));
  readonly complaints: string[] = [];

  get total(): number {
    return [...this.visits.values()].reduce((sum, count) => sum + count, 0);
  }
}

/** What a service keeps when nobody is there. */
interface Rest {
  readonly heapMb: number;
  readonly residentMb: number;
  readonly descriptors: number;
}

it(
  `keeps nothing of clients that come and go for ${SOAK_SECONDS} s`,
  { timeout: (SOAK_SECONDS + WARM_UP_SECONDS + 120) * 1000 },
  async () => {
    const standIn = new StandIn({ containers: CONTAINERS, durationMs: 100 });
    const docker = new CountedDocker(standIn.env);
    const service = await Server.start({ ...docker.env, ...SETTINGS });
    const descriptors = openDescriptors(service.pid);
    let starts = 0;
    const newStarts = (): number => {
      const sinceLastLook = docker.starts - starts;
      starts += sinceLastLook;
      return sinceLastLook;
    };
    const atRest = async (): Promise<Rest> => {
      await expect.poll(newStarts, { interval: QUIET_MS, timeout: 20_000 }).toBe(0);
      await expect.poll(() => processesWith(standIn.program)).toEqual([]);
      await expect
        .poll(() => openDescriptors(service.pid), { timeout: 20_000 })
        .toBeLessThanOrEqual(descriptors);
      const { heapKb, residentKb } = await service.probe(() => Promise.resolve());
      return {
        heapMb: heapKb / 1024,
        residentMb: residentKb / 1024,
        descriptors: openDescriptors(service.pid),
      };
    };

    const url = await service.url();
    await comeAndGo(url, WARM_UP_SECONDS, new Guestbook());
    const warm = await atRest();
    const book = new Guestbook();
    await comeAndGo(url, SOAK_SECONDS, book);
    const end = await atRest();
    console.log(report(warm, end, book));

    expect(book.complaints.slice(0, 10)).toEqual([]);
    expect(Math.min(...book.visits.values())).toBeGreaterThan(0);
    expect(end.heapMb / warm.heapMb).toBeLessThanOrEqual(1.1);
    await service.stop();
    expect(await service.exitCode).toBe(0);
    expect(service.output).not.toMatch(/"level":"error"|Warning:|unhandled|uncaught/i);
  },
);

/** Lets clients of all kinds visit the service for a while; all have gone by the end. */
async function comeAndGo(url: string, seconds: number, book: Guestbook): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  const site: Site = { url, port: Number(new URL(url).port), key: KEY, agent };
  const kinds = Object.entries(CLIENTS).flatMap(([kind, { share }]) =>
    Array.from({ length: share }, () => kind),
  );
  const endsAt = performance.now() + seconds * 1000;
  const visitors = Array.from({ length: AT_ONCE }, async () => {
    while (performance.now() < endsAt) {
      const kind = kinds[Math.floor(random() * kinds.length)] ?? '';
      try {
        await CLIENTS[kind]?.visit(site);
      } catch (error) {
        book.complaints.push(`${kind}: ${String(error)}`);
      }
      book.visits.set(kind, (book.visits.get(kind) ?? 0) + 1);
      await delay(random() * PAUSE_MS);
    }
  });
  await Promise.all(visitors);
  agent.destroy();
}

/** The figures as a table in Markdown. */
function report(warm: Rest, end: Rest, { visits, total }: Guestbook): string {
  const rows = [
    [
      `at rest, after ${SOAK_SECONDS} s and ${total} clients of ${visits.size} kinds`,
      'after warm-up',
      'at the end',
    ],
    ['---', '---', '---'],
    [
      'live heap, after a garbage collection',
      mb(warm.heapMb),
      `${mb(end.heapMb)} (× ${(end.heapMb / warm.heapMb).toFixed(3)})`,
    ],
    ['resident memory', mb(warm.residentMb), mb(end.residentMb)],
    ['open descriptors', warm.descriptors, end.descriptors],
  ];
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function mb(value: number): string {
  return `${value.toFixed(1)} MB`;
}
