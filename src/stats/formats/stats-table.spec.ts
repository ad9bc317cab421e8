import { describe, expect, it } from 'vitest';
import type { ContainerStats, SkippedRow } from 'docker-stats-client';
import { PS_DETAILS, ROW_FIGURES } from '../../../test/support/docker/docker-rows.js';
import { readRecordings } from '../../../test/support/docker/recordings.js';
import { splitLines } from '../../docker/parsers/split-lines.js';
import { parseDockerStats } from '../../docker/parsers/parse-docker-stats.js';
import { formatTable } from './stats-table.js';
import type { StatsSample } from '../../sampling/stats-sample.js';
import { TimeSlices } from '../../sampling/time-slices.js';

const LONG_ID = '9da2514a3667'.padEnd(64, '0');

/** The columns of the full view that `docker stats` does not have. */
const DETAILS_TITLES = 'IMAGE        PROJECT   SERVICE   STATE     HEALTH    CREATED';
const DETAILS_CELLS = 'nginx:1.29   shop      web       running   healthy   2026-11-24T11:28:59Z';

/** Output of the docker CLIs 20.10.24 and 28.2.2 with a real engine. */
const DOCKER_OUTPUT = `\
CONTAINER ID   NAME      CPU %     MEM USAGE / LIMIT     MEM %     NET I/O   BLOCK I/O   PIDS
297cf1fe2e63   cache     0.00%     652KiB / 23.54GiB     0.00%     0B / 0B   0B / 0B     1
cb5a75787b91   db        0.00%     50.74MiB / 23.54GiB   0.21%     0B / 0B   0B / 0B     1
9da2514a3667   web-1     21.06%    592KiB / 23.54GiB     0.00%     0B / 0B   0B / 0B     1
`;

const CONTAINERS: readonly ContainerStats[] = [
  container('297cf1fe2e63', 'cache', 0, 652 / 1024, 0),
  container('cb5a75787b91', 'db', 0, 50.74, 0.21),
  container('9da2514a3667', 'web-1', 21.06, 592 / 1024, 0),
];

function container(
  id: string,
  name: string,
  cpuUsage: number,
  memoryUsage: number,
  memoryPercent: number,
): ContainerStats {
  const figures = { cpuUsage, memoryUsage, memoryLimit: 23.54 * 1024, memoryPercent, pids: 1 };
  const zeros = { networkReceived: 0, networkSent: 0, blockRead: 0, blockWritten: 0 };
  return { id, name, ...PS_DETAILS, ...ROW_FIGURES, ...figures, ...zeros };
}

/** How docker prints sizes just below the next unit, and how the table prints them. */
const JUST_BELOW_NEXT_UNIT: Readonly<Record<string, string>> = {
  '1e+03kB': '1MB',
  '1e+03MB': '1GB',
  '1e+03GB': '1TB',
  '1024KiB': '1MiB',
  '1024MiB': '1GiB',
  '1024GiB': '1TiB',
};

/** Returns the cells of the rows with figures that docker printed. */
function parsePrintedRows(stdout: string): string[][] {
  const rows = [...splitLines(stdout)].filter((line) => line.startsWith('{') && line.endsWith('}'));
  return rows
    .map((line) => JSON.parse(line) as Record<string, string>)
    .filter(({ CPUPerc, PIDs, MemUsage }) => CPUPerc !== '--' && !(PIDs === '0' && MemUsage === '0B / 0B'))
    .map(
      ({
        ID = '',
        Container,
        Name = '',
        CPUPerc = '',
        MemUsage = '',
        MemPerc = '',
        NetIO,
        BlockIO,
        PIDs = '',
      }) => [
        (ID || Container || '').slice(0, 12),
        Name.replace(/[\p{Cc}\u2028]/gu, '?'),
        CPUPerc,
        normalizeSizes(MemUsage.includes(' / ') ? MemUsage : `${MemUsage} / --`), // Windows containers have no limit
        MemPerc,
        normalizeSizes(NetIO ?? ''),
        normalizeSizes(BlockIO ?? ''),
        PIDs,
      ],
    );
}

function normalizeSizes(cell: string): string {
  return cell
    .split(' / ')
    .map((size) => JUST_BELOW_NEXT_UNIT[size] ?? size)
    .join(' / ');
}

/** A sample of a single host. */
const SAMPLE: Omit<StatsSample, 'containers' | 'skipped'> = {
  sampledAt: new Date(0),
  sampledAtMonotonicMs: 0,
  durationMs: 0,
};

function table(
  containers: readonly ContainerStats[],
  view: 'full' | undefined,
  skipped: readonly SkippedRow[],
): Promise<string> {
  const sample = { ...SAMPLE, containers, skipped };
  return formatTable(containers, view, sample, new TimeSlices('own'));
}

describe('formatTable', () => {
  it('formats the table of docker stats, and more columns after it', async () => {
    const [titles = '', ...rows] = DOCKER_OUTPUT.trimEnd().split('\n');
    const lines = rows.map((line) => `${line.padEnd(titles.length)}      ${DETAILS_CELLS}`);
    expect(await table(CONTAINERS, 'full', [])).toBe(
      [`${titles}      ${DETAILS_TITLES}`, ...lines, ''].join('\n'),
    );
  });

  it('formats three columns in the basic view', async () => {
    expect(
      await table(CONTAINERS, undefined, [
        { container: 'job', id: null, project: null, reason: 'no_reading' },
      ]),
    ).toBe(
      [
        'NAME      CPU %     MEM USAGE',
        'cache     0.00%     652KiB',
        'db        0.00%     50.74MiB',
        'web-1     21.06%    592KiB',
        '',
      ].join('\n'),
    );
  });

  it('lists skipped containers at the end of the full view', async () => {
    const skipped = [
      { container: 'job', id: null, project: 'shop', reason: 'restarting' } as const,
      { container: null, id: null, project: null, reason: 'malformed' } as const,
    ];
    const lines = (await table(CONTAINERS.slice(0, 1), 'full', skipped)).split('\n');
    expect(lines.slice(2)).toEqual([
      '--             job       --        --                  --        --        --          --        --           shop      --        --        --        --',
      '--             --        --        --                  --        --        --          --        --           --        --        --        --        --',
      '',
    ]);
  });

  it('formats a missing figure as dashes', async () => {
    const missing = {
      memoryUsage: null,
      memoryLimit: null,
      memoryPercent: null,
      networkReceived: null,
      pids: null,
    };
    const one = { id: LONG_ID, name: 'web-1', ...PS_DETAILS, ...ROW_FIGURES, ...missing };
    const [, line = ''] = (await table([one], 'full', [])).split('\n');
    expect(line.split(/ {3,}/)).toEqual([
      LONG_ID.slice(0, 12),
      'web-1',
      '12.45%',
      '-- / --',
      '--',
      '-- / 0B',
      '1MB / 2MB',
      '--',
      ...DETAILS_CELLS.split(/ {3,}/),
    ]);
    const [, short = ''] = (await table([one], undefined, [])).split('\n');
    expect(short.split(/ {3,}/)).toEqual(['web-1', '12.45%', '--']);
  });

  it('formats only the titles without containers', async () => {
    expect(await table([], undefined, [])).toBe('NAME      CPU %     MEM USAGE\n');
  });

  it('replaces control characters in names, so that they cannot control the terminal', async () => {
    const one = { id: LONG_ID, name: 'a\u001B[2Jb\nc\u202Ed', ...PS_DETAILS, ...ROW_FIGURES };
    expect(await table([one], undefined, [])).toContain('\na?[2Jb?c?d   12.45%');
  });

  // The `json-cpu` recordings are left out: docker prints zeros for what their host does not measure, the service null.
  const comparable = readRecordings().filter(({ case: name }) => !name.endsWith('-json-cpu'));

  it.each(comparable.map((recording) => [recording.case, recording] as const))(
    'formats the same cells as docker: %s',
    async (_case, recording) => {
      const { containers } = await parseDockerStats(recording.stdout);
      const [, ...lines] = (await table(containers, 'full', [])).trimEnd().split('\n');
      expect(lines.map((line) => line.split(/ {3,}/).slice(0, 8))).toEqual(
        parsePrintedRows(recording.stdout),
      );
    },
  );
});
