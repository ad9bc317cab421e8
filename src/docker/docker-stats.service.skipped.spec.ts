import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createDockerStatsService } from '../../test/support/docker/create-docker-stats-service.js';
import { placeholderRow, row } from '../../test/support/docker/docker-rows.js';
import { failure, FakeCommandRunner } from '../../test/support/docker/fake-command-runner.js';
import type { Command } from '../command/command-runner.js';
import { readSettings } from '../config/read-settings.js';
import type { DockerStatsService } from './docker-stats.service.js';

let runner: FakeCommandRunner;
let service: DockerStatsService;
beforeEach(() => {
  runner = new FakeCommandRunner();
  service = createDockerStatsService(runner, readSettings({}));
});

/** The commands of the sample, without `docker version`. */
function commands(): Command[] {
  return runner.commands.filter(({ args }) => args[0] !== 'version');
}

function malformedRows(count: number): string {
  return Array.from({ length: count }, (_, n) => row({ Name: `bad-${n}`, CPUPerc: 'x' })).join('');
}

describe('DockerStatsService.sample() with rows without figures', () => {
  const ZEROS = { MemUsage: '0B / 0B', PIDs: '0' };
  const [RUNNING, NEW, RESTARTING, STOPPED] = [
    'b'.repeat(64),
    'c'.repeat(64),
    'd'.repeat(64),
    'e'.repeat(64),
  ];
  const ROWS_WITHOUT_FIGURES = [
    placeholderRow('aaaaaaaaaaaa'),
    placeholderRow('bbbbbbbbbbbb'),
    row({ Name: 'new', ID: NEW, ...ZEROS }),
    row({ Name: 'restarting', ID: RESTARTING, ...ZEROS }),
    row({ Name: 'stopped', ID: STOPPED, ...ZEROS }),
  ].join('');

  it('sets the reason of each row by its status in docker ps, and leaves out stopped containers', async () => {
    runner.stats = { stdout: row() + ROWS_WITHOUT_FIGURES };
    runner.ps = {
      stdout: `${RUNNING} Up 2 hours\n${NEW} Up Less than a second\n${RESTARTING} Restarting (1) 3 seconds ago\n`,
    };
    const { containers, skipped } = await service.sample();
    expect(containers).toHaveLength(1);
    expect(skipped).toEqual([
      { container: 'bbbbbbbbbbbb', reason: 'no_reading' },
      { container: 'new', reason: 'starting' },
      { container: 'restarting', reason: 'restarting' },
    ]);
    expect(commands()).toMatchObject([
      { args: ['stats', '--all', '--no-stream', '--no-trunc', '--format', '{{json .}}'] },
      { args: ['ps', '--no-trunc', '--format', '{{.ID}} {{.Status}}'], timeoutMs: 2000 },
    ]);
  });

  it.each([
    ['fails', failure('Cannot connect to the Docker daemon')],
    ['hangs', { timedOut: true, exitCode: null }],
    ['prints something else', { stdout: 'CONTAINER ID\n' }],
  ])('keeps all rows, with the reason from docker stats, when docker ps %s', async (_how, ps) => {
    runner.stats = { stdout: row() + ROWS_WITHOUT_FIGURES };
    runner.ps = ps;
    const { skipped } = await service.sample();
    expect(skipped.map(({ reason }) => reason)).toEqual([
      'no_reading',
      'no_reading',
      'restarting',
      'restarting',
      'restarting',
    ]);
  });

  it('returns an empty sample when all containers without figures have ended', async () => {
    runner.stats = { stdout: placeholderRow('aaaaaaaaaaaa') + row({ ID: STOPPED, ...ZEROS }) };
    runner.ps = { stdout: '' };
    expect(await service.sample()).toMatchObject({ containers: [], skipped: [] });
  });

  it.each([
    ['is lost', failure('Cannot connect to the Docker daemon'), 'docker_unreachable'],
    ['hangs', { timedOut: true, exitCode: null }, 'docker_timeout'],
  ])(
    'throws when docker stats printed only zeros and docker ps reports that the daemon %s',
    async (_how, ps, code) => {
      runner.stats = { stdout: row({ ID: STOPPED, ...ZEROS }) };
      runner.ps = ps;
      await expect(service.sample()).rejects.toMatchObject({ code });
    },
  );

  it('keeps malformed rows, and rows without an id, although docker ps does not list them', async () => {
    const nameless = row({ ID: '', Container: '', Name: 'x', ...ZEROS });
    runner.stats = { stdout: row() + row({ Name: 'bad', ID: STOPPED, MemUsage: 'x' }) + nameless };
    runner.ps = { stdout: '' };
    expect((await service.sample()).skipped).toEqual([
      { container: 'bad', reason: 'malformed' },
      { container: 'x', reason: 'malformed' },
    ]);
  });

  it('keeps the reason malformed for a row in the output of a run that timed out', async () => {
    runner.stats = { stdout: row() + row({ Name: 'bad', CPUPerc: 'x' }), timedOut: true };
    expect((await service.sample()).skipped).toEqual([{ container: 'bad', reason: 'malformed' }]);
  });

  it('throws docker_unreachable when no running container has figures, although docker ps works', async () => {
    runner.stats = { stdout: placeholderRow('bbbbbbbbbbbb') };
    runner.ps = { stdout: `${RUNNING} Up 2 hours\n` };
    await expect(service.sample()).rejects.toMatchObject({
      code: 'docker_unreachable',
      message: 'Docker returned no figures (containers: 1)',
    });
  });

  it('throws an internal error of docker ps unchanged', async () => {
    runner.stats = { stdout: row() + ROWS_WITHOUT_FIGURES };
    runner.ps = new TypeError('a bug');
    await expect(service.sample()).rejects.toThrow('a bug');
  });

  it('logs skipped rows when they change, and names ten of them at most', async () => {
    const warned = vi.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    for (const count of [0, 2, 2, 12, 0, 2]) {
      runner.stats = { stdout: row() + malformedRows(count) };
      await service.sample();
    }
    const two = 'Skipped containers without figures: bad-0 (malformed), bad-1 (malformed)';
    const ten = Array.from({ length: 10 }, (_, n) => `bad-${n} (malformed)`).join(', ');
    expect(warned.mock.calls.flat()).toEqual([
      two,
      `Skipped containers without figures: ${ten} and 2 more`,
      two,
    ]);
  });

  it('does not log containers that are starting', async () => {
    const warned = vi.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    runner.stats = { stdout: row() + row({ Name: 'new', ID: NEW, ...ZEROS }) };
    runner.ps = { stdout: `${NEW} Up Less than a second\n` };
    expect((await service.sample()).skipped).toHaveLength(1);
    expect(warned).not.toHaveBeenCalled();
  });

  it('throws docker_unreachable for placeholders and zeros when docker ps cannot reach the daemon', async () => {
    runner.stats = { stdout: placeholderRow('aaaaaaaaaaaa') + row({ ID: STOPPED, ...ZEROS }) };
    runner.ps = failure('Cannot connect to the Docker daemon');
    await expect(service.sample()).rejects.toMatchObject({ code: 'docker_unreachable' });
  });

  it('throws docker_timeout for placeholders and zeros at the deadline', async () => {
    runner.stats = { stdout: placeholderRow('aaaaaaaaaaaa') + row(ZEROS), timedOut: true };
    await expect(service.sample()).rejects.toMatchObject({ code: 'docker_timeout' });
  });

  it('does not run docker ps when every row has figures', async () => {
    runner.stats = { stdout: row() };
    await service.sample();
    expect(commands()).toHaveLength(1);
  });
});
