import { describe, expect, it } from 'vitest';
import type { ContainerStats } from 'docker-stats-client';
import { PS_DETAILS, ROW_FIGURES } from '../../../test/support/docker/docker-rows.js';
import { BASIC_FIELDS, CONTAINER_FIELDS } from '../../sampling/container-fields.js';
import { formatCsv } from './stats-csv.js';
import { TimeSlices } from '../../sampling/time-slices.js';

function container(changes: Partial<ContainerStats> = {}): ContainerStats {
  return { id: '0123456789ab', name: 'web-1', ...PS_DETAILS, ...ROW_FIGURES, ...changes };
}

function csv(containers: readonly ContainerStats[], view: 'full' | undefined): Promise<string> {
  const fields = (view === 'full' ? CONTAINER_FIELDS : BASIC_FIELDS).map(({ name }) => name);
  return formatCsv(containers, fields, new TimeSlices('own'));
}

describe('formatCsv', () => {
  it('formats a header line and a line per container, with CRLF', async () => {
    expect(await csv([container(), container({ name: 'db', cpuUsage: 0 })], undefined)).toBe(
      'name,cpuUsage,memoryUsage\r\nweb-1,12.45,102.9\r\ndb,0,102.9\r\n',
    );
  });

  it('formats every JSON field in the full view', async () => {
    const one = container();
    const [header = '', line = ''] = (await csv([one], 'full')).split('\r\n');
    const figures = Object.fromEntries(header.split(',').map((name, n) => [name, line.split(',')[n]]));
    expect(figures).toEqual(
      Object.fromEntries(Object.entries(one).map(([name, figure]) => [name, String(figure)])),
    );
  });

  it('leaves a missing figure empty', async () => {
    expect(await csv([container({ memoryUsage: null })], undefined)).toContain('web-1,12.45,\r\n');
  });

  it('formats only the header without containers', async () => {
    expect(await csv([], undefined)).toBe('name,cpuUsage,memoryUsage\r\n');
  });

  it.each([
    ['a,b', '"a,b"'],
    ['a"b', '"a""b"'],
    ['a\r\nb', '"a\r\nb"'],
    ["a b'", "a b'"],
  ])('formats %j as %j (RFC 4180, section 2)', async (name, field) => {
    expect(await csv([container({ name })], undefined)).toContain(`\r\n${field},12.45,`);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1'])(
    'puts an apostrophe before the text %j, which a spreadsheet would run as a formula',
    async (name) => {
      expect(await csv([container({ name, cpuUsage: -1 })], undefined)).toContain(`\r\n'${name},-1,`);
    },
  );
});
