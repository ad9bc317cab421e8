import { describe, expect, it } from 'vitest';
import type { ContainerStats } from 'docker-stats-client';
import { ROW_FIGURES } from '../../../test/support/docker-rows.js';
import { csvOf } from './stats-csv.js';
import { TimeSlices } from '../../sampling/time-slices.js';

function container(changes: Partial<ContainerStats> = {}): ContainerStats {
  return { id: '0123456789ab', name: 'web-1', ...ROW_FIGURES, ...changes };
}

function csv(containers: readonly ContainerStats[], view: 'full' | undefined): Promise<string> {
  return csvOf(containers, view, new TimeSlices('own'));
}

describe('csvOf', () => {
  it('has a header line and a line for each container, with CRLF', async () => {
    expect(await csv([container(), container({ name: 'db', cpuUsage: 0 })], undefined)).toBe(
      'name,cpuUsage,memoryUsage\r\nweb-1,12.45,102.9\r\ndb,0,102.9\r\n',
    );
  });

  it('has every figure in the full view, as JSON has them', async () => {
    const one = container();
    const [header = '', line = ''] = (await csv([one], 'full')).split('\r\n');
    const figures = Object.fromEntries(header.split(',').map((name, n) => [name, line.split(',')[n]]));
    expect(figures).toEqual(
      Object.fromEntries(Object.entries(one).map(([name, figure]) => [name, String(figure)])),
    );
  });

  it('leaves empty what docker does not give', async () => {
    expect(await csv([container({ memoryUsage: null })], undefined)).toContain('web-1,12.45,\r\n');
  });

  it('has the header alone without containers', async () => {
    expect(await csv([], undefined)).toBe('name,cpuUsage,memoryUsage\r\n');
  });

  it.each([
    ['a,b', '"a,b"'],
    ['a"b', '"a""b"'],
    ['a\r\nb', '"a\r\nb"'],
    ["a b'", "a b'"],
  ])('writes %j as %j (RFC 4180, section 2)', async (name, field) => {
    expect(await csv([container({ name })], undefined)).toContain(`\r\n${field},12.45,`);
  });
});
