import { describe, expect, it } from 'vitest';
import { PART_LABEL } from '../../../prometheus/queries/target-labels.js';
import { CollectedFigures, type Collected } from './collected-figures.js';
import type { FleetSelection } from './fleet-selection.js';

const CPU = { __name__: 'docker_container_cpu_usage_ratio', instance: 'web1', id: 'a', name: 'web' };

const ALL: Pick<FleetSelection, 'has'> = { has: () => true };

function collect(rows: readonly Parameters<CollectedFigures['add']>[0][], selection = ALL): Collected {
  const figures = new CollectedFigures('instance', ['replica'], selection);
  rows.forEach((row) => figures.add(row));
  return figures.finish();
}

describe('CollectedFigures', () => {
  it('has the points of each container by figure, or by the part of the query', () => {
    const direction = { ...CPU, __name__: 'docker_container_network_io_bytes_total', direction: 'receive' };
    const { containers } = collect([
      { metric: CPU, values: [[1, '0.5']] },
      { metric: direction, values: [[1, '7']] },
      { metric: { instance: 'web1', id: 'b', [PART_LABEL]: 'cpuUsage avg' }, value: [2, '0.1'] },
    ]);
    expect(Object.fromEntries(containers.get('web1 a') ?? [])).toEqual({
      cpuUsage: [[1, '0.5']],
      networkReceived: [[1, '7']],
    });
    expect(Object.fromEntries(containers.get('web1 b') ?? [])).toEqual({ 'cpuUsage avg': [[2, '0.1']] });
  });

  it('has the points of a renamed container in the order of their times', () => {
    const { containers } = collect([
      { metric: { ...CPU, name: 'new' }, values: [[3, '3']] },
      { metric: CPU, values: [[1, '1']] },
    ]);
    expect(containers.get('web1 a')?.get('cpuUsage')).toEqual([
      [1, '1'],
      [3, '3'],
    ]);
  });

  it('counts the replicas of Prometheus once: the one with more points, for each host', () => {
    const { containers } = collect([
      { metric: { ...CPU, replica: '1' }, values: [[1, '1']] },
      {
        metric: { ...CPU, replica: '2' },
        values: [
          [1.5, '2'],
          [2.5, '2'],
        ],
      },
      { metric: { ...CPU, instance: 'web2', replica: '1' }, values: [[1, '5']] },
    ]);
    expect(containers.get('web1 a')?.get('cpuUsage')).toEqual([
      [1.5, '2'],
      [2.5, '2'],
    ]);
    expect(containers.get('web2 a')?.get('cpuUsage')).toEqual([[1, '5']]);
  });

  it('has the times of a host from the replica that counts for its containers', () => {
    const up = { __name__: 'docker_up', instance: 'web1' };
    const { hosts } = collect([
      { metric: { ...up, replica: '1' }, values: [[1, '1']] },
      { metric: { ...up, replica: '2' }, values: [[1.5, '1']] },
      { metric: { ...CPU, replica: '2' }, values: [[1.5, '2']] },
    ]);
    expect(hosts.get('web1')?.get('docker_up')).toEqual([[1.5, '1']]);
  });

  it('refuses more than 2,000,000 points, and says what to request instead', () => {
    const values = Array.from({ length: 1_000_001 }, () => [1, '1'] as const);
    expect(() =>
      collect([
        { metric: CPU, values },
        { metric: { ...CPU, id: 'b' }, values },
      ]),
    ).toThrow(/more than 2000000 values in this time\. Request fewer "fields"/);
  });

  it('ignores what is not selected: it does not count as a value, either', () => {
    const values = Array.from({ length: 2_000_000 }, () => [1, '1'] as const);
    const selection = { has: (host: string, id?: string) => host === 'web1' && id !== 'b' };
    const up = { __name__: 'docker_up', instance: 'web2' };
    const rows = [up, { ...CPU, id: 'b' }].map((metric) => ({ metric, values }));
    const { hosts, containers } = collect([...rows, { metric: CPU, values: [[1, '0.5']] }], selection);
    expect([...hosts.keys()]).toEqual(['web1']);
    expect([...containers.keys()]).toEqual(['web1 a']);
  });

  it('ignores series without a host or an id, and other metrics', () => {
    const { id: _id, ...withoutId } = CPU;
    const { instance: _instance, ...withoutHost } = CPU;
    const other = { ...CPU, __name__: 'up' };
    const rows = [withoutId, withoutHost, other].map((metric) => ({ metric, values: [[1, '1'] as const] }));
    expect(collect(rows).containers.size).toBe(0);
  });
});
