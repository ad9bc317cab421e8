import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { MetricRegistry } from './metric-registry.js';

/** Returns the lines with series. */
async function series(registry: MetricRegistry): Promise<string[]> {
  return (await registry.formatText()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('MetricRegistry', () => {
  it('starts counters at 0 for the given labels', async () => {
    const registry = new MetricRegistry();
    const runs = registry.counter({
      name: 'runs_total',
      help: 'x',
      labelNames: ['result'],
      zeros: [{ result: 'good' }, { result: 'bad' }],
    });
    runs.inc({ result: 'bad' });
    expect(await registry.formatText()).toBe(
      '# HELP runs_total x\n# TYPE runs_total counter\nruns_total{result="good"} 0\nruns_total{result="bad"} 1\n',
    );
  });

  it('reads values at each scrape', async () => {
    const registry = new MetricRegistry();
    let value = 1;
    registry.counter({ name: 'kept_total', help: 'x', read: () => value });
    registry.gauge({ name: 'kept', help: 'x', read: () => value });
    expect(await series(registry)).toEqual(['kept_total 1', 'kept 1']);
    value = 3;
    expect(await series(registry)).toEqual(['kept_total 3', 'kept 3']);
  });

  it('omits the series while the value is undefined', async () => {
    const registry = new MetricRegistry();
    let value: number | undefined = 0;
    registry.gauge({ name: 'age', help: 'x', read: () => value });
    expect(await series(registry)).toEqual(['age 0']);
    value = undefined;
    expect(await series(registry)).toEqual([]);
  });

  it('drops series that are no longer returned', async () => {
    const registry = new MetricRegistry();
    let names = ['a', 'b'];
    const read = () => names.map((name) => ({ labels: { name }, value: 1 }));
    registry.counter({ name: 'all_total', help: 'x', labelNames: ['name'], read });
    registry.gauge({ name: 'all', help: 'x', labelNames: ['name'], read });
    await series(registry);
    names = ['b'];
    expect(await series(registry)).toEqual(['all_total{name="b"} 1', 'all{name="b"} 1']);
  });

  it('counts nothing twice in concurrent scrapes', async () => {
    const registry = new MetricRegistry();
    registry.counter({
      name: 'slow_total',
      help: 'x',
      read: async () => {
        await setImmediate();
        return 5;
      },
    });
    expect(await Promise.all([series(registry), series(registry)])).toEqual([
      ['slow_total 5'],
      ['slow_total 5'],
    ]);
  });
});
