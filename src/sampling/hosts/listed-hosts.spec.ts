import { describe, expect, it, onTestFinished } from 'vitest';
import { readSettings } from '../../config/read-settings.js';
import { FakeClock } from '../../../test/support/sampling/fake-clock.js';
import { HostsTest } from '../../../test/support/hosts/hosts-test.js';
import { StatsSource } from '../stats-source.js';
import { ListedHosts } from './listed-hosts.js';

describe('ListedHosts', () => {
  it('samples at most DOCKER_CONCURRENCY hosts at the same time', async () => {
    const names = Array.from({ length: 5 }, (_, n) => `h${n}`);
    const many = new HostsTest(names, { DOCKER_CONCURRENCY: '2' });
    const outcome = many.read();
    await many.clock.advance(1500);
    expect(names.filter((name) => many.dockers[name]?.startTimes.length === 1)).toHaveLength(4);
    await many.clock.advance(3000);
    expect(outcome.value).toEqual(Object.fromEntries(names.map((name) => [name, 'run-1'])));
  });

  it('a request that waits for more than ten hosts causes no warning of Node', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): number => warnings.push(warning);
    process.on('warning', onWarning);
    onTestFinished(() => void process.off('warning', onWarning));
    const many = new HostsTest(Array.from({ length: 11 }, (_, n) => `h${n}`));
    many.read();
    await many.clock.advance(5000);
    expect(warnings).toEqual([]);
  });

  it('keeps the readers of at most 100 selections', () => {
    const names = Array.from({ length: 101 }, (_, n) => `h${n}`);
    const many = new HostsTest(names);
    const readers = names.map((name) => many.hosts.findReader({ selected: [name] }));
    expect(many.hosts.findReader({ selected: ['h100'] })).toBe(readers[100]);
    expect(many.hosts.findReader({ selected: ['h0'] })).not.toBe(readers[0]);
  });

  it('hosts that hang do not delay the others, even if they are as many as DOCKER_CONCURRENCY', async () => {
    const healthy = ['h1', 'h2', 'h3', 'h4'] as const;
    const many = new HostsTest(['bad1', 'bad2', ...healthy], { DOCKER_CONCURRENCY: '2' });
    for (const name of ['bad1', 'bad2'] as const) {
      many.dockers[name].failure = 'Cannot connect to the Docker daemon';
      many.dockers[name].durationMs = 15_000;
    }
    for (const name of healthy) many.dockers[name].durationMs = 1000;
    many.reader.watch({ onSample: () => undefined, onFailure: () => undefined });
    await many.clock.advance(20_000);
    const before = healthy.map((name) => many.dockers[name].startTimes.length);
    await many.clock.advance(40_000);
    const runs = healthy.map((name, n) => many.dockers[name].startTimes.length - (before[n] ?? 0));
    expect(runs).toEqual([20, 20, 20, 20]);
  });

  it('checks of hosts do not wait for each other', () => {
    const sources = [new HangingSource(), new HangingSource()];
    const hosts = new ListedHosts(
      { create: () => sources.map((source, n) => ({ host: `h${n}`, source })) },
      readSettings({ DOCKER_CONCURRENCY: '1' }),
      new FakeClock(),
    );
    hosts.all.forEach(({ source }) => void source.readVersion(3000));
    expect(sources.map(({ checks }) => checks)).toEqual([1, 1]);
  });
});

/** Never answers, and counts the checks. */
class HangingSource extends StatsSource {
  override readonly system = 'docker';
  checks = 0;

  override sample(): Promise<never> {
    return new Promise(() => undefined);
  }

  override readVersion(): Promise<never> {
    this.checks++;
    return new Promise(() => undefined);
  }

  override countRunning(): Promise<never> {
    return new Promise(() => undefined);
  }
}
