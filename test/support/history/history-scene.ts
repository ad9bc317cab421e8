import type { History } from 'docker-stats-client';
import { vi } from 'vitest';
import type { Variables } from '../../../src/config/environment.js';
import { removeHost, removeHostFromCsv } from '../contract/remove-host.js';
import { bootScene, type Source, type StatsScene } from '../contract/stats-scene.js';
import { row } from '../docker/docker-rows.js';
import { KEY } from '../service/test-app.js';

/** When the first sample of a scene is taken. */
export const START = Date.parse('2027-01-31T12:00:00Z');

/** The times of {@link HistoryScene.sampleThrice}. */
export const TIMES = [
  '2027-01-31T12:00:00.000Z',
  '2027-01-31T12:00:02.000Z',
  '2027-01-31T12:00:04.000Z',
] as const;

export const WEB = { Name: 'web-1', ID: 'a'.repeat(64) };
export const DB = { Name: 'db', ID: 'd'.repeat(64) };

/** A service whose samples a test takes at times of its choice. Sets the date until it is closed. */
export class HistoryScene {
  private constructor(
    public test: StatsScene,
    private readonly source: Source,
  ) {}

  static async start(source: Source, env: Variables = {}): Promise<HistoryScene> {
    vi.useFakeTimers({ toFake: ['Date'], now: START });
    return new HistoryScene(await boot(source, env), source);
  }

  async restart(env: Variables): Promise<void> {
    await this.test.close();
    this.test = await boot(this.source, env);
  }

  async close(): Promise<void> {
    await this.test.close();
    vi.useRealTimers();
  }

  /** Sets the date to so many seconds after the start. */
  setTime(second: number): void {
    vi.useFakeTimers({ toFake: ['Date'], now: START + second * 1000 });
  }

  /** Takes a sample so many seconds after the start. */
  async sample(second: number, rows: readonly string[], key = KEY): Promise<void> {
    this.setTime(second);
    this.test.runner.stats = { stdout: rows.join('') };
    await this.test.client.get('/stats').set({ 'X-API-Key': key, 'Cache-Control': 'no-cache' }).expect(200);
  }

  /** Takes three samples: `db` runs always, `web-1` ends after the second one. */
  async sampleThrice(): Promise<void> {
    await this.sample(0, [
      row({ ...DB, CPUPerc: '1.00%' }),
      row({ ...WEB, CPUPerc: '10.00%', NetIO: '1kB / 0B' }),
    ]);
    await this.sample(2, [
      row({ ...DB, CPUPerc: '2.50%' }),
      row({ ...WEB, CPUPerc: '30.00%', NetIO: '500kB / 0B' }),
    ]);
    await this.sample(4, [row({ ...DB, CPUPerc: '102.85%', MemUsage: '0B / 0B' })]);
  }

  /** Returns the history without the host. */
  async getHistory(query = '', key = KEY): Promise<History> {
    const { body } = await this.test.client.get(`/stats/history${query}`).set('X-API-Key', key).expect(200);
    return this.withoutHost(body) as History;
  }

  /** Returns a body in JSON as a service with one docker host sends it. */
  withoutHost(body: unknown): unknown {
    const { host } = this.test.hostField;
    return host === undefined ? body : removeHost(body as Parameters<typeof removeHost>[0], host);
  }

  /** Returns a body in CSV as a service with one docker host sends it. */
  withoutHostColumn(text: string): string {
    const { host } = this.test.hostField;
    return host === undefined ? text : removeHostFromCsv(text, host);
  }
}

export function getNames({
  containers,
}: {
  readonly containers: readonly { readonly name: string }[];
}): string[] {
  return containers.map(({ name }) => name);
}

function boot(source: Source, env: Variables): Promise<StatsScene> {
  return bootScene(source, { STATS_IDLE_AFTER_MS: '0', ...env }); // no background runs
}
