import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeholderRow, row, ROW_FIGURES } from '../../test/support/docker-rows.js';
import { turnsDuring } from '../../test/support/turns.js';
import { CONTAINER_FIELDS } from '../sampling/container-fields.js';
import { parseDockerStats } from './parse-docker-stats.js';

describe('parseDockerStats', () => {
  it('reads every figure of a row', async () => {
    expect(await parseDockerStats(row())).toEqual({
      containers: [
        {
          id: '0123456789ab'.padEnd(64, '0'),
          name: 'my-app',
          ...ROW_FIGURES,
        },
      ],
      unread: [],
    });
  });

  it('fills the fields in their declared order, which is that of the JSON', async () => {
    const [container = {}] = (await parseDockerStats(row())).containers;
    expect(Object.keys(container)).toEqual(CONTAINER_FIELDS.map(({ name }) => name));
  });

  it.each([
    [
      'memory that the host does not account',
      { MemUsage: '0B / 0B' },
      { memoryUsage: null, memoryLimit: null, memoryPercent: null },
    ],
    [
      'a limit that docker does not know',
      { MemUsage: '10MiB / 0B' },
      { memoryUsage: 10, memoryLimit: null, memoryPercent: null },
    ],
    [
      'no memory used',
      { MemUsage: '0B / 1GiB', MemPerc: '0.00%' },
      { memoryUsage: 0, memoryLimit: 1024, memoryPercent: 0 },
    ],
    [
      'memory on Windows',
      { MemUsage: '117.7MiB', MemPerc: '--', PIDs: '--' },
      { memoryUsage: 117.7, memoryLimit: null, memoryPercent: null, pids: null },
    ],
    ['processes that the host does not count', { PIDs: '0' }, { pids: null, memoryUsage: 102.9 }],
    ['no network figure', { NetIO: '--' }, { networkReceived: null, networkSent: null }],
    ['half a figure', { BlockIO: '1MiB / --' }, { blockRead: 1, blockWritten: null }],
    ['a name with every character', { Name: '\u001b[31m"ü\u2028<b>' }, { name: '\u001b[31m"ü\u2028<b>' }],
    ['a short id', { ID: '0123456789ab' }, { id: '0123456789ab' }],
    ['an id in Container alone', { ID: '', Container: '0123456789ab' }, { id: '0123456789ab' }],
  ])('reads %s', async (_what, columns, figures) => {
    expect(await parseDockerStats(row(columns))).toMatchObject({ containers: [figures], unread: [] });
  });

  it.each([
    ['a container without a reading', placeholderRow('0123456789ab'), '0123456789ab', 'no_reading'],
    ['one whose name docker knows', row({ Name: 'web', CPUPerc: '--' }), 'web', 'no_reading'],
    ['a restarting container', row({ Name: 'web', MemUsage: '0B / 0B', PIDs: '0' }), 'web', 'restarting'],
    ['a bad figure', row({ Name: 'web', MemUsage: 'lots' }), 'web', 'malformed'],
    ['three sizes in place of two', row({ Name: 'web', NetIO: '1B / 2B / 3B' }), 'web', 'malformed'],
    ['a CPU figure that is no number', row({ Name: 'web', CPUPerc: 'NaN%' }), 'web', 'malformed'],
    ['a row without a name', row({ Name: '' }), '0123456789ab', 'malformed'],
    ['a column that is no string', '{"Name":"web","CPUPerc":1}', 'web', 'malformed'],
    ['an empty object', '{}', null, 'malformed'],
    ['JSON that is no object', '["web"]', null, 'malformed'],
    ['null', 'null', null, 'malformed'],
    ['a row cut short', row().slice(0, 60), null, 'malformed'],
    ['text', 'CONTAINER ID   NAME', null, 'malformed'],
    ['a row longer than any of docker', row({ NetIO: ' '.repeat(70_000) }), null, 'malformed'],
  ])('skips and names %s', async (_what, text, container, reason) => {
    expect(await parseDockerStats(row() + text)).toMatchObject({
      containers: [{ name: 'my-app' }],
      unread: [{ container, reason }],
    });
  });

  it('takes blank lines, carriage returns and a missing last newline', async () => {
    const { containers } = await parseDockerStats(`\r\n${row().trim()}\r\n\n${row().trim()}`);
    expect(containers).toHaveLength(2);
  });

  it('tells whose a row without figures is', async () => {
    const restarting = row({ Name: 'job', MemUsage: '0B / 0B', PIDs: '0' });
    const { unread } = await parseDockerStats(placeholderRow('aaaaaaaaaaaa') + restarting);
    expect(unread.map(({ id }) => id)).toEqual(['aaaaaaaaaaaa', '0123456789ab'.padEnd(64, '0')]);
  });

  it.each([
    ['rows', row().repeat(30_000)],
    ['blank lines', '\n'.repeat(5_000_000)],
  ])('lets the event loop have its turn while it reads many %s', async (_what, stdout) => {
    expect(await turnsDuring(() => parseDockerStats(stdout))).toBeGreaterThan(1);
  });

  it('says lines that name no container once, however many', async () => {
    const { containers, unread } = await parseDockerStats('x\n'.repeat(100_000) + row());
    expect(containers).toHaveLength(1);
    expect(unread).toEqual([{ container: null, id: null, reason: 'malformed' }]);
  });

  it.each([
    ['unnamed', '{}\n', 1],
    ['named', '{"Name":"ab"}\n', 100_001],
  ])('reads no further after 100,000 lines that are no rows, and says so: %s', async (_what, line, said) => {
    const { containers, unread } = await parseDockerStats(row() + line.repeat(100_001) + row());
    expect(containers).toHaveLength(1);
    expect(unread).toHaveLength(said);
    expect(unread.at(-1)).toEqual({ container: null, id: null, reason: 'malformed' });
  });

  it('throws nothing, whatever the text', async () => {
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
        const { containers, unread } = await parseDockerStats(lines.join('\n'));
        for (const { name, id, cpuUsage } of containers) {
          expect(name).not.toBe('');
          expect(id).not.toBe('');
          expect(cpuUsage).toBeGreaterThanOrEqual(0);
        }
        for (const { reason } of unread) expect(['no_reading', 'restarting', 'malformed']).toContain(reason);
      }),
    );
  });
});
