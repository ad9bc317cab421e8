import { Logger } from '@nestjs/common';
import { PS_TEMPLATE } from './parsers/parse-docker-ps.js';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createDockerStatsService } from '../../test/support/docker/create-docker-stats-service.js';
import {
  placeholderRow,
  PS_DETAILS,
  psRow,
  row,
  ROW_FIGURES,
} from '../../test/support/docker/docker-rows.js';
import { failure, FakeCommandRunner } from '../../test/support/docker/fake-command-runner.js';
import { FakeClock } from '../../test/support/sampling/fake-clock.js';
import type { Command, CommandResult } from '../command/command-runner.js';
import { readSettings } from '../config/read-settings.js';
import { UNKNOWN_DETAILS } from './parsers/container-list.js';
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

  const PS = [
    psRow(),
    psRow({ ID: RUNNING, Names: 'running', 'com.docker.compose.project': 'jobs' }),
    psRow({ ID: NEW, Names: 'new', Status: 'Up Less than a second' }),
    psRow({ ID: RESTARTING, Names: 'restarting', Status: 'Restarting (1) 3 seconds ago' }),
    psRow({ ID: STOPPED, Names: 'stopped', Status: 'Exited (0) 2 hours ago' }),
  ].join('');

  it('sets the reason, name and project of each row by docker ps, and leaves out stopped containers', async () => {
    runner.stats = { stdout: row() + ROWS_WITHOUT_FIGURES };
    runner.ps = { stdout: PS };
    const { containers, skipped } = await service.sample();
    expect(containers).toHaveLength(1);
    expect(skipped).toEqual([
      { container: 'running', id: RUNNING.slice(0, 12), project: 'jobs', reason: 'no_reading' },
      { container: 'new', id: NEW, project: 'shop', reason: 'starting' },
      { container: 'restarting', id: RESTARTING, project: 'shop', reason: 'restarting' },
    ]);
  });

  it('runs docker ps again after docker stats when the first list does not explain all rows', async () => {
    runner.stats = { stdout: row() + row({ Name: 'new', ID: NEW, ...ZEROS }) };
    runner.ps = [{ stdout: psRow() }, { stdout: PS }];
    expect((await service.sample()).skipped).toMatchObject([{ container: 'new', reason: 'starting' }]);
    const args = ['ps', '--all', '--no-trunc', '--format', PS_TEMPLATE];
    expect(commands()).toMatchObject([
      { args: ['ps', '--all', '--no-trunc', '--format', PS_TEMPLATE] },
      { args: ['stats', '--all', '--no-stream', '--no-trunc', '--format', '{{json .}}'] },
      { args, timeoutMs: 2000 },
    ]);
  });

  it.each([
    ['is stopped', row({ ID: STOPPED, ...ZEROS })],
    ['restarts', placeholderRow(RESTARTING)],
  ])('does not run docker ps again for a container that %s', async (_what, line) => {
    runner.stats = { stdout: row() + line };
    runner.ps = { stdout: PS };
    await service.sample();
    expect(commands()).toHaveLength(2);
  });

  it('leaves out a container that ended during the run', async () => {
    runner.stats = { stdout: row() + placeholderRow(RUNNING) };
    runner.ps = [{ stdout: PS }, { stdout: psRow() }];
    expect((await service.sample()).skipped).toEqual([]);
  });

  it.each([
    ['fails', failure('Cannot connect to the Docker daemon')],
    ['hangs', { timedOut: true, exitCode: null }],
    ['prints something else', { stdout: 'CONTAINER ID\n' }],
  ])('keeps all rows, with the reason from docker stats, when docker ps %s', async (_how, ps) => {
    runner.stats = { stdout: row() + ROWS_WITHOUT_FIGURES };
    runner.ps = ps;
    const { skipped, hasUnknownStates } = await service.sample();
    expect(skipped.map(({ reason }) => reason)).toEqual([
      'no_reading',
      'no_reading',
      'restarting',
      'restarting',
      'restarting',
    ]);
    expect(hasUnknownStates).toBe(true);
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

  it('throws docker_unreachable when the daemon is lost during a run that prints only stopped containers', async () => {
    runner.stats = { stdout: row({ ID: STOPPED, ...ZEROS }) };
    runner.ps = [{ stdout: PS }, failure('Cannot connect to the Docker daemon')];
    await expect(service.sample()).rejects.toMatchObject({ code: 'docker_unreachable' });
  });

  it('keeps malformed rows, and rows without an id, although docker ps does not list them', async () => {
    const nameless = row({ ID: '', Container: '', Name: 'x', ...ZEROS });
    runner.stats = { stdout: row() + row({ Name: 'bad', ID: STOPPED, MemUsage: 'x' }) + nameless };
    runner.ps = { stdout: '' };
    expect((await service.sample()).skipped).toEqual([
      { container: 'bad', id: STOPPED, project: null, reason: 'malformed' },
      { container: 'x', id: null, project: null, reason: 'malformed' },
    ]);
  });

  it('keeps the reason malformed for a row in the output of a run that timed out', async () => {
    runner.stats = { stdout: row() + row({ Name: 'bad', CPUPerc: 'x' }), timedOut: true };
    expect((await service.sample()).skipped).toMatchObject([{ container: 'bad', reason: 'malformed' }]);
  });

  it('throws docker_unreachable when no running container has figures, although docker ps works', async () => {
    runner.stats = { stdout: placeholderRow('bbbbbbbbbbbb') };
    runner.ps = { stdout: PS };
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
    runner.ps = { stdout: PS };
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
});

describe('DockerStatsService.sample() with docker ps', () => {
  const ID = '0123456789ab'.padEnd(64, '0');
  const UNCHANGING = {
    image: 'nginx:1.29',
    project: 'shop',
    service: 'web',
    createdAt: '2026-11-24T11:28:59Z',
  };

  it('returns the details of each container', async () => {
    runner.stats = { stdout: row() + row({ ID: 'b'.repeat(64), Name: 'worker' }) };
    runner.ps = { stdout: psRow() + psRow({ ID: 'b'.repeat(64), 'com.docker.compose.project': 'jobs' }) };
    expect((await service.sample()).containers).toEqual([
      { id: ID, name: 'my-app', ...PS_DETAILS, ...ROW_FIGURES },
      { id: 'b'.repeat(64), name: 'worker', ...PS_DETAILS, project: 'jobs', ...ROW_FIGURES },
    ]);
    expect(commands()).toHaveLength(2);
  });

  it('returns the name in docker stats for a container that is renamed meanwhile', async () => {
    runner.stats = { stdout: row({ Name: 'new-name' }) };
    runner.ps = { stdout: psRow({ Names: 'old-name' }) };
    expect((await service.sample()).containers).toMatchObject([{ name: 'new-name', project: 'shop' }]);
  });

  it('runs docker ps again when a container with figures is not in the first list', async () => {
    runner.stats = { stdout: row() };
    runner.ps = [{ stdout: '' }, { stdout: psRow() }];
    expect((await service.sample()).containers).toMatchObject([PS_DETAILS]);
  });

  it.each([
    ['fails', failure('Error response from daemon: no')],
    ['loses its daemon', failure('Cannot connect to the Docker daemon')],
    ['hangs', { timedOut: true, exitCode: null }],
    ['prints something else', { stdout: 'CONTAINER ID\n' }],
  ])('returns the figures, and null for the details, when docker ps %s', async (_how, ps) => {
    runner.stats = { stdout: row() };
    runner.ps = ps;
    expect((await service.sample()).containers).toEqual([
      { id: ID, name: 'my-app', ...UNKNOWN_DETAILS, ...ROW_FIGURES },
    ]);
    expect(commands()).toHaveLength(2);
  });

  it('remembers the details that never change when docker ps fails later', async () => {
    runner.stats = { stdout: row() };
    runner.ps = [{ stdout: psRow() }, failure('no')];
    await service.sample();
    expect((await service.sample()).containers).toMatchObject([{ ...UNCHANGING, state: null, health: null }]);
  });

  it('waits for docker ps until two seconds after its start, and then ends it', async () => {
    const clock = new FakeClock();
    service = createDockerStatsService(runner, readSettings({}), clock);
    runner.stats = { stdout: row() };
    let endPs!: (result: Partial<CommandResult>) => void;
    runner.ps = new Promise((resolve) => (endPs = resolve));
    const sample = service.sample();
    await vi.waitFor(() => expect(commands()).toHaveLength(2));
    const { signal } = commands().find(({ args }) => args[0] === 'ps') as Command;
    signal?.addEventListener('abort', () => endPs(failure('aborted')));
    await clock.advance(1999);
    expect(signal?.aborted).toBe(false);
    await clock.advance(1);
    expect(signal?.aborted).toBe(true);
    expect((await sample).containers).toMatchObject([UNKNOWN_DETAILS]);
  });

  it('ends docker ps, and waits for its end, when docker stats fails', async () => {
    runner.stats = failure('Cannot connect to the Docker daemon');
    let endPs!: (result: Partial<CommandResult>) => void;
    runner.ps = new Promise((resolve) => (endPs = resolve));
    let isSettled = false;
    const sample = service.sample().finally(() => (isSettled = true));
    sample.catch(() => undefined);
    await vi.waitFor(() =>
      expect(commands().find(({ args }) => args[0] === 'ps')?.signal?.aborted).toBe(true),
    );
    expect(isSettled).toBe(false);
    endPs(failure('aborted'));
    await expect(sample).rejects.toMatchObject({ code: 'docker_unreachable' });
  });
});
