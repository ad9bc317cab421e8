import { describe, expect, it } from 'vitest';
import { createDockerStatsService } from '../../test/support/docker/create-docker-stats-service.js';
import { placeholderRow, row } from '../../test/support/docker/docker-rows.js';
import { failure, FakeCommandRunner } from '../../test/support/docker/fake-command-runner.js';
import { type Recording, readRecordings, toCommandResult } from '../../test/support/docker/recordings.js';
import type { Command } from '../command/command-runner.js';
import { CommandError } from '../command/command.error.js';
import { readSettings } from '../config/read-settings.js';
import { UNKNOWN_DETAILS } from './parsers/container-list.js';
import { StatsRepresentations } from '../stats/formats/stats-representations.js';

const settings = readSettings({
  DOCKER_HOST: 'unix:///run/example.sock',
  API_KEYS: 'secret',
  AWS_SECRET: 'x',
});
const runner = new FakeCommandRunner();
const service = createDockerStatsService(runner, settings);

/** The expected values were rounded once and the service rounds twice, so the last of 16 digits may differ. */
function to14Digits(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_key, leaf: unknown) =>
    typeof leaf === 'number' ? Number(leaf.toPrecision(14)) : leaf,
  );
}

/** The commands of the sample, without `docker version`. */
function commands(): Command[] {
  return runner.commands.filter(({ args }) => args[0] !== 'version');
}

/** The longest time for which some work blocks the event loop, in milliseconds. */
async function measureLongestBlock(work: () => Promise<void>): Promise<number> {
  let [longest, lastTurn, isDone] = [0, performance.now(), false];
  const onTurn = (): void => {
    longest = Math.max(longest, performance.now() - lastTurn);
    lastTurn = performance.now();
    if (!isDone) setImmediate(onTurn);
  };
  setImmediate(onTurn);
  await work();
  isDone = true;
  onTurn();
  return longest;
}

describe('DockerStatsService.sample() with recorded output of docker stats', () => {
  const failed: [string, Recording, string][] = [];
  const read: [string, Recording, Exclude<Recording['expected'], { readonly error: string }>][] = [];
  for (const recording of readRecordings()) {
    const { expected } = recording;
    if ('error' in expected) failed.push([recording.case, recording, expected.error]);
    else read.push([recording.case, recording, expected]);
  }

  it.each(read)('returns the right figures and skipped rows: %s', async (_case, recording, expected) => {
    runner.stats = toCommandResult(recording);
    const sample = await service.sample();
    const containers = expected.containers.map((one) => ({ ...one, ...UNKNOWN_DETAILS }));
    const skipped = sample.skipped.map(({ container, reason }) => ({ container, reason }));
    expect(to14Digits(sample.containers)).toEqual(to14Digits(containers));
    expect(skipped).toEqual(expected.skipped);
  });

  it.each(failed)('throws the right error code: %s', async (_case, recording, code) => {
    runner.stats = toCommandResult(recording);
    await expect(service.sample()).rejects.toMatchObject({ name: 'StatsSourceError', code });
  });
});

describe('DockerStatsService.sample()', () => {
  it('runs docker stats with the configured limits, and without secrets in its environment', async () => {
    runner.commands.length = 0;
    runner.stats = { stdout: row() };
    await service.sample();
    expect(commands().filter(({ args }) => args[0] === 'stats')).toEqual([
      {
        file: 'docker',
        args: ['stats', '--all', '--no-stream', '--no-trunc', '--format', '{{json .}}'],
        env: { DOCKER_HOST: 'unix:///run/example.sock' },
        timeoutMs: 15_000,
        killGraceMs: 2000,
        maxOutputBytes: 33_554_432,
      },
    ]);
  });

  it('blocks the event loop for less than 50 ms with 10,000 containers', async () => {
    const rows = Array.from({ length: 10_000 }, (_, n) =>
      row({ Name: `web-${n}`, ID: `${n}`.padStart(64, '0') }),
    );
    runner.stats = { stdout: rows.join('') };
    const representations = new StatsRepresentations();
    const sampleAndFormat = async (): Promise<void> => {
      const sample = await service.sample();
      for (const selection of [{}, { view: 'full' }, { name: ['*1*', 'web-?'] }] as const) {
        const representation = await representations.list(sample, selection, 'json');
        await representation.gzip(0);
      }
    };
    // The best of four runs, because other load on the machine also blocks the event loop.
    const longestBlocks = [];
    for (let n = 0; n < 4; n++) longestBlocks.push(await measureLongestBlock(sampleAndFormat));
    expect(Math.min(...longestBlocks)).toBeLessThan(50);
  });

  it('sorts containers by name, then id, and keeps all containers of the same name', async () => {
    runner.stats = {
      stdout: [
        row({ Name: 'b', ID: '2' }),
        row({ Name: 'a', ID: '3' }),
        row({ Name: 'b', ID: '1' }),
        row({ Name: 'B', ID: '4' }),
        row({ Name: 'b', ID: '1' }),
      ].join(''),
    };
    const { containers } = await service.sample();
    expect(containers.map(({ name, id }) => name + id)).toEqual(['B4', 'a3', 'b1', 'b1', 'b2']);
  });

  it('returns no containers when none is running', async () => {
    runner.stats = { stdout: '' };
    expect(await service.sample()).toMatchObject({ containers: [], skipped: [] });
  });

  it('throws docker_unreachable when every row is a placeholder', async () => {
    runner.stats = { stdout: placeholderRow('aaaaaaaaaaaa') + placeholderRow('bbbbbbbbbbbb') };
    await expect(service.sample()).rejects.toMatchObject({ code: 'docker_unreachable' });
  });

  it('returns no containers when the only one is restarting', async () => {
    runner.stats = { stdout: row({ Name: 'web', MemUsage: '0B / 0B', PIDs: '0' }) };
    expect(await service.sample()).toMatchObject({
      containers: [],
      skipped: [{ container: 'web', reason: 'restarting' }],
    });
  });

  it('returns the rows that docker has printed by the deadline, and skips the container that hangs', async () => {
    runner.stats = {
      stdout: row({ Name: 'web' }) + placeholderRow('aaaaaaaaaaaa'),
      timedOut: true,
      exitCode: 143,
    };
    expect(await service.sample()).toMatchObject({
      containers: [{ name: 'web' }],
      skipped: [{ container: 'aaaaaaaaaaaa', reason: 'timed_out' }],
    });
  });

  it.each([
    ['nothing', ''],
    ['only placeholders', placeholderRow('aaaaaaaaaaaa')],
  ])('throws docker_timeout when docker has printed %s by the deadline', async (_what, stdout) => {
    runner.stats = { stdout, timedOut: true, exitCode: 0, durationMs: 15_012.4 };
    await expect(service.sample()).rejects.toMatchObject({
      code: 'docker_timeout',
      message: 'Docker did not respond within 15000 ms',
    });
  });

  it.each([
    ['command_not_found', 'docker_not_found'],
    ['command_not_executable', 'docker_not_found'],
    ['command_start_failed', 'docker_failed'],
    ['command_output_limit', 'docker_failed'],
    ['command_aborted', 'docker_failed'],
  ] as const)('converts %s of the CommandRunner to %s, with its cause', async (commandCode, code) => {
    const cause = new CommandError(commandCode, 'no result');
    runner.stats = cause;
    await expect(service.sample()).rejects.toMatchObject({ code, message: 'no result', cause });
  });

  it('throws an internal error unchanged', async () => {
    const error = new TypeError('a bug');
    runner.stats = error;
    await expect(service.sample()).rejects.toBe(error);
  });

  // Error messages of CLI 29 as documented; there is no recording of this CLI.
  it.each([
    [
      'failed to connect to the docker API at unix:///run/x.sock; check if the path is correct and if the daemon is running: dial unix /run/x.sock: connect: no such file or directory',
      /not running/,
    ],
    [
      'permission denied while trying to connect to the docker API at unix:///var/run/docker.sock',
      /^Permission/,
    ],
    [
      'Error response from daemon: client version 1.41 is too old. Minimum supported API version is 1.44',
      /API version/,
    ],
    ['CANNOT CONNECT TO THE DOCKER DAEMON', /not running/],
  ])('reports why the daemon is unreachable: %s', async (stderr, reason) => {
    runner.stats = failure(stderr);
    await expect(service.sample()).rejects.toMatchObject({
      code: 'docker_unreachable',
      message: stderr,
      reason: expect.stringMatching(reason) as string,
    });
  });

  it('throws docker_failed for any other error of docker, with its text truncated and on one line', async () => {
    runner.stats = failure(`some\u001b[31m new\nfailure ${'x'.repeat(5000)}`, 3);
    await expect(service.sample()).rejects.toMatchObject({
      code: 'docker_failed',
      message: expect.stringMatching(/^some \[31m new failure x{478}…$/) as string,
    });
  });

  it('throws docker_failed with the signal when docker prints no error', async () => {
    runner.stats = { exitCode: null, signal: 'SIGKILL' };
    await expect(service.sample()).rejects.toMatchObject({
      code: 'docker_failed',
      message: 'The docker CLI ended with SIGKILL',
    });
  });
});
