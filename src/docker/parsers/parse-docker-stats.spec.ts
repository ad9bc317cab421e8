import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeholderRow, row, ROW_FIGURES } from '../../../test/support/docker/docker-rows.js';
import { countTurns } from '../../../test/support/processes/event-loop.js';
import { CONTAINER_FIELDS } from '../../sampling/container-fields.js';
import { UNKNOWN_DETAILS } from './container-list.js';
import { parseDockerStats } from './parse-docker-stats.js';

describe('parseDockerStats', () => {
  it('parses every figure of a row', async () => {
    expect(await parseDockerStats(row())).toEqual({
      containers: [
        {
          id: '0123456789ab'.padEnd(64, '0'),
          name: 'my-app',
          ...UNKNOWN_DETAILS,
          ...ROW_FIGURES,
        },
      ],
      skipped: [],
    });
  });

  it('returns the fields in the order of CONTAINER_FIELDS, which is the order in JSON', async () => {
    const [container = {}] = (await parseDockerStats(row())).containers;
    expect(Object.keys(container)).toEqual(CONTAINER_FIELDS.map(({ name }) => name));
  });

  it.each([
    [
      'memory that the host does not measure as null',
      { MemUsage: '0B / 0B' },
      { memoryUsage: null, memoryLimit: null, memoryPercent: null },
    ],
    [
      'an unknown memory limit as null',
      { MemUsage: '10MiB / 0B' },
      { memoryUsage: 10, memoryLimit: null, memoryPercent: null },
    ],
    [
      'no memory used as 0',
      { MemUsage: '0B / 1GiB', MemPerc: '0.00%' },
      { memoryUsage: 0, memoryLimit: 1024, memoryPercent: 0 },
    ],
    [
      'memory of a Windows container, without a limit',
      { MemUsage: '117.7MiB', MemPerc: '--', PIDs: '--' },
      { memoryUsage: 117.7, memoryLimit: null, memoryPercent: null, pids: null },
    ],
    ['processes that the host does not count as null', { PIDs: '0' }, { pids: null, memoryUsage: 102.9 }],
    ['a missing network figure as null', { NetIO: '--' }, { networkReceived: null, networkSent: null }],
    ['a pair with one missing figure', { BlockIO: '1MiB / --' }, { blockRead: 1, blockWritten: null }],
    [
      'a name with control characters and quotes unchanged',
      { Name: '\u001b[31m"ü\u2028<b>' },
      { name: '\u001b[31m"ü\u2028<b>' },
    ],
    ['a truncated id', { ID: '0123456789ab' }, { id: '0123456789ab' }],
    ['an id that only Container has', { ID: '', Container: '0123456789ab' }, { id: '0123456789ab' }],
  ])('parses %s', async (_what, columns, figures) => {
    expect(await parseDockerStats(row(columns))).toMatchObject({ containers: [figures], skipped: [] });
  });

  it.each([
    ['a placeholder row', placeholderRow('0123456789ab'), '0123456789ab', 'no_reading'],
    ['a row with a name and no CPU figure', row({ Name: 'web', CPUPerc: '--' }), 'web', 'no_reading'],
    [
      'a row of a restarting container',
      row({ Name: 'web', MemUsage: '0B / 0B', PIDs: '0' }),
      'web',
      'restarting',
    ],
    ['a row with a malformed figure', row({ Name: 'web', MemUsage: 'lots' }), 'web', 'malformed'],
    [
      'a row with three sizes instead of two',
      row({ Name: 'web', NetIO: '1B / 2B / 3B' }),
      'web',
      'malformed',
    ],
    ['a row whose CPU figure is not a number', row({ Name: 'web', CPUPerc: 'NaN%' }), 'web', 'malformed'],
    ['a row without a name', row({ Name: '' }), '0123456789ab', 'malformed'],
    ['a row with a number instead of a string', '{"Name":"web","CPUPerc":1}', 'web', 'malformed'],
    ['an empty object', '{}', null, 'malformed'],
    ['a JSON array', '["web"]', null, 'malformed'],
    ['null', 'null', null, 'malformed'],
    ['a truncated row', row().slice(0, 60), null, 'malformed'],
    ['a line that is not JSON', 'CONTAINER ID   NAME', null, 'malformed'],
    ['a row of more than 65,536 characters', row({ NetIO: ' '.repeat(70_000) }), null, 'malformed'],
  ])('skips %s, with its container and the reason', async (_what, text, container, reason) => {
    expect(await parseDockerStats(row() + text)).toMatchObject({
      containers: [{ name: 'my-app' }],
      skipped: [{ container, reason }],
    });
  });

  it('accepts blank lines, carriage returns and a missing final newline', async () => {
    const { containers } = await parseDockerStats(`\r\n${row().trim()}\r\n\n${row().trim()}`);
    expect(containers).toHaveLength(2);
  });

  it('returns the container id of a skipped row', async () => {
    const restarting = row({ Name: 'job', MemUsage: '0B / 0B', PIDs: '0' });
    const { skipped } = await parseDockerStats(placeholderRow('aaaaaaaaaaaa') + restarting);
    expect(skipped.map(({ id }) => id)).toEqual(['aaaaaaaaaaaa', '0123456789ab'.padEnd(64, '0')]);
  });

  it.each([
    ['rows', row().repeat(30_000)],
    ['blank lines', ' \n'.repeat(2_000_000)],
  ])('does not block the event loop while it parses many %s', async (_what, stdout) => {
    expect(await countTurns(() => parseDockerStats(stdout))).toBeGreaterThan(1);
  });

  it('reports lines without a container as one skipped row, however many there are', async () => {
    const { containers, skipped } = await parseDockerStats('x\n'.repeat(100_000) + row());
    expect(containers).toHaveLength(1);
    expect(skipped).toEqual([{ container: null, id: null, reason: 'malformed' }]);
  });

  it.each([
    ['lines without a name', '{}\n', 1],
    ['lines with a name', '{"Name":"ab"}\n', 100_001],
  ])('stops after 100,000 malformed %s, and reports the rest as one row', async (_what, line, rows) => {
    const { containers, skipped } = await parseDockerStats(row() + line.repeat(100_001) + row());
    expect(containers).toHaveLength(1);
    expect(skipped).toHaveLength(rows);
    expect(skipped.at(-1)).toEqual({ container: null, id: null, reason: 'malformed' });
  });

  it('never throws, whatever the text is', async () => {
    const bytes = fc.uint8Array().map((array) => Buffer.from(array).toString('utf8'));
    const anyRow = fc.record({
      Name: fc.string(),
      CPUPerc: fc.constantFrom('--', '1%', 'x'),
      MemUsage: fc.string(),
      PIDs: fc.anything(),
    });
    const anyLine = fc.oneof(
      bytes,
      fc.json(),
      anyRow.map((columns) => JSON.stringify({ ...(JSON.parse(row()) as object), ...columns })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(anyLine), async (lines) => {
        const { containers, skipped } = await parseDockerStats(lines.join('\n'));
        for (const { name, id, cpuUsage } of containers) {
          expect(name).not.toBe('');
          expect(id).not.toBe('');
          expect(cpuUsage).toBeGreaterThanOrEqual(0);
        }
        for (const { reason } of skipped) expect(['no_reading', 'restarting', 'malformed']).toContain(reason);
      }),
    );
  });
});
