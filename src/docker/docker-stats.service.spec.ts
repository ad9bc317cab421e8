import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { dockerSource } from '../../test/support/docker-source.js';
import { placeholderRow, row } from '../../test/support/docker-rows.js';
import { failure, FakeCommandRunner } from '../../test/support/fake-command-runner.js';
import { type Recording, recordings, resultOf } from '../../test/support/recordings.js';
import type { Command } from '../command/command-runner.js';
import { CommandError } from '../command/command.error.js';
import { readSettings } from '../config/read-settings.js';
import { StatsRepresentations } from '../stats/formats/stats-representations.js';

const settings = readSettings({
  DOCKER_HOST: 'unix:///run/example.sock',
  API_KEYS: 'secret',
  AWS_SECRET: 'x',
});
const runner = new FakeCommandRunner();
const service = dockerSource(runner, settings);

/** The oracle rounds a size once, the service twice: the last of 16 digits may differ. */
function to14Digits(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_key, leaf: unknown) =>
    typeof leaf === 'number' ? Number(leaf.toPrecision(14)) : leaf,
  );
}

/** What was run for the sample itself: the check of the engine has a spec of its own. */
function commands(): Command[] {
  return runner.commands.filter(({ args }) => args[0] !== 'version');
}

beforeEach(() => {
  runner.ps = new FakeCommandRunner().ps;
});

/** The longest time in which the event loop got no turn while something was done, in milliseconds. */
async function longestHold(work: () => Promise<void>): Promise<number> {
  let [longest, last, isDone] = [0, performance.now(), false];
  const watch = (): void => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    if (!isDone) setImmediate(watch);
  };
  setImmediate(watch);
  await work();
  isDone = true;
  watch();
  return longest;
}

function malformedRows(count: number): string {
  return Array.from({ length: count }, (_, n) => row({ Name: `bad-${n}`, CPUPerc: 'x' })).join('');
}

describe('recorded runs', () => {
  const failed: [string, Recording, string][] = [];
  const read: [string, Recording, object][] = [];
  for (const recording of recordings()) {
    const { expected } = recording;
    if ('error' in expected) failed.push([recording.case, recording, expected.error]);
    else read.push([recording.case, recording, expected]);
  }

  it.each(read)('reads %s', async (_case, recording, expected) => {
    runner.stats = resultOf(recording);
    const { containers, skipped } = await service.sample();
    expect(to14Digits({ containers, skipped })).toEqual(to14Digits(expected));
  });

  it.each(failed)('tells the failure of %s', async (_case, recording, code) => {
    runner.stats = resultOf(recording);
    await expect(service.sample()).rejects.toMatchObject({ name: 'StatsSourceError', code });
  });
});

describe('DockerStatsService', () => {
  it('runs docker stats with its bounds, and without our keys in the environment', async () => {
    runner.commands.length = 0;
    runner.stats = { stdout: row() };
    await service.sample();
    expect(commands()).toEqual([
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

  it('never holds the event loop for 50 ms, with 10,000 containers', async () => {
    const rows = Array.from({ length: 10_000 }, (_, n) =>
      row({ Name: `web-${n}`, ID: `${n}`.padStart(64, '0') }),
    );
    runner.stats = { stdout: rows.join('') };
    const representations = new StatsRepresentations();
    const takeAndWrite = async (): Promise<void> => {
      const sample = await service.sample();
      for (const selection of [{}, { view: 'full' }, { name: ['*1*', 'web-?'] }] as const) {
        const representation = await representations.list(sample, selection, 'json');
        await representation.gzip(0);
      }
    };
    // The best of a few: other load on the machine would count too.
    const longest = [];
    for (let n = 0; n < 4; n++) longest.push(await longestHold(takeAndWrite));
    expect(Math.min(...longest)).toBeLessThan(50);
  });

  it('orders containers by name, then id, and serves all of one name', async () => {
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

  it('answers no containers when none runs', async () => {
    runner.stats = { stdout: '' };
    expect(await service.sample()).toMatchObject({ containers: [], skipped: [] });
  });

  describe('rows without figures', () => {
    const ZEROS = { MemUsage: '0B / 0B', PIDs: '0' };
    const [STAYS, NEW, LOOPS, STOPPED] = ['b'.repeat(64), 'c'.repeat(64), 'd'.repeat(64), 'e'.repeat(64)];
    const UNREAD = [
      placeholderRow('aaaaaaaaaaaa'),
      placeholderRow('bbbbbbbbbbbb'),
      row({ Name: 'new', ID: NEW, ...ZEROS }),
      row({ Name: 'loops', ID: LOOPS, ...ZEROS }),
      row({ Name: 'stopped', ID: STOPPED, ...ZEROS }),
    ].join('');

    it('are told apart by what docker ps says', async () => {
      runner.commands.length = 0;
      runner.stats = { stdout: row() + UNREAD };
      runner.ps = {
        stdout: `${STAYS} Up 2 hours\n${NEW} Up Less than a second\n${LOOPS} Restarting (1) 3 seconds ago\n`,
      };
      const { containers, skipped } = await service.sample();
      expect(containers).toHaveLength(1);
      expect(skipped).toEqual([
        { container: 'bbbbbbbbbbbb', reason: 'no_reading' },
        { container: 'new', reason: 'starting' },
        { container: 'loops', reason: 'restarting' },
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
    ])('are served as they stand when docker ps %s', async (_how, ps) => {
      runner.stats = { stdout: row() + UNREAD };
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

    it('of containers that have ended are nothing, and no lost daemon', async () => {
      runner.stats = { stdout: placeholderRow('aaaaaaaaaaaa') + row({ ID: STOPPED, ...ZEROS }) };
      runner.ps = { stdout: '' };
      expect(await service.sample()).toMatchObject({ containers: [], skipped: [] });
    });

    it.each([
      ['is lost', failure('Cannot connect to the Docker daemon'), 'docker_unreachable'],
      ['hangs', { timedOut: true, exitCode: null }, 'docker_timeout'],
    ])(
      'are no empty list when the daemon %s, although it had the zeros of stopped ones',
      async (_how, ps, code) => {
        runner.stats = { stdout: row({ ID: STOPPED, ...ZEROS }) };
        runner.ps = ps;
        await expect(service.sample()).rejects.toMatchObject({ code });
      },
    );

    it('stay what they are when they say nothing of a container, or are malformed', async () => {
      const nameless = row({ ID: '', Container: '', Name: 'x', ...ZEROS });
      runner.stats = { stdout: row() + row({ Name: 'bad', ID: STOPPED, MemUsage: 'x' }) + nameless };
      runner.ps = { stdout: '' };
      expect((await service.sample()).skipped).toEqual([
        { container: 'bad', reason: 'malformed' },
        { container: 'x', reason: 'malformed' },
      ]);
    });

    it('are not called timed out but for want of a reading', async () => {
      runner.stats = { stdout: row() + row({ Name: 'bad', CPUPerc: 'x' }), timedOut: true };
      expect((await service.sample()).skipped).toEqual([{ container: 'bad', reason: 'malformed' }]);
    });

    it('of all containers that run are an error, also of a daemon that is there', async () => {
      runner.stats = { stdout: placeholderRow('bbbbbbbbbbbb') };
      runner.ps = { stdout: `${STAYS} Up 2 hours\n` };
      await expect(service.sample()).rejects.toMatchObject({
        code: 'docker_unreachable',
        message: 'docker stats gave no figures for any of 1 containers',
      });
    });

    it('let an error that is none of docker through as it is', async () => {
      runner.stats = { stdout: row() + UNREAD };
      runner.ps = new TypeError('a bug');
      await expect(service.sample()).rejects.toThrow('a bug');
    });

    it('are logged when they are others than in the sample before, and ten of them at most', async () => {
      const warned = vi.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
      const own = dockerSource(runner, settings);
      for (const count of [0, 2, 2, 12, 0, 2]) {
        runner.stats = { stdout: row() + malformedRows(count) };
        await own.sample();
      }
      const two = 'docker stats gave no figures for: bad-0 (malformed), bad-1 (malformed)';
      const ten = Array.from({ length: 10 }, (_, n) => `bad-${n} (malformed)`).join(', ');
      expect(warned.mock.calls.flat()).toEqual([
        two,
        `docker stats gave no figures for: ${ten} and 2 more`,
        two,
      ]);
    });

    it('of containers that are starting are nothing to log', async () => {
      const warned = vi.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
      runner.stats = { stdout: row() + row({ Name: 'new', ID: NEW, ...ZEROS }) };
      runner.ps = { stdout: `${NEW} Up Less than a second\n` };
      expect((await service.sample()).skipped).toHaveLength(1);
      expect(warned).not.toHaveBeenCalled();
    });

    it('are a lost daemon although it had the zeros of stopped containers before', async () => {
      runner.stats = { stdout: placeholderRow('aaaaaaaaaaaa') + row({ ID: STOPPED, ...ZEROS }) };
      runner.ps = failure('Cannot connect to the Docker daemon');
      await expect(service.sample()).rejects.toMatchObject({ code: 'docker_unreachable' });
    });

    it('are a frozen daemon at the deadline although it had those zeros before', async () => {
      runner.stats = { stdout: placeholderRow('aaaaaaaaaaaa') + row(ZEROS), timedOut: true };
      await expect(service.sample()).rejects.toMatchObject({ code: 'docker_timeout' });
    });

    it('are not asked about where there are none', async () => {
      runner.commands.length = 0;
      runner.stats = { stdout: row() };
      await service.sample();
      expect(commands()).toHaveLength(1);
    });
  });

  it('takes rows that are all placeholders for a lost daemon', async () => {
    runner.stats = { stdout: placeholderRow('aaaaaaaaaaaa') + placeholderRow('bbbbbbbbbbbb') };
    await expect(service.sample()).rejects.toMatchObject({ code: 'docker_unreachable' });
  });

  it('answers no containers when the only one restarts', async () => {
    runner.stats = { stdout: row({ Name: 'web', MemUsage: '0B / 0B', PIDs: '0' }) };
    expect(await service.sample()).toMatchObject({
      containers: [],
      skipped: [{ container: 'web', reason: 'restarting' }],
    });
  });

  it('serves the rows that docker has at the deadline, and names the container that hangs', async () => {
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
    ['placeholders alone', placeholderRow('aaaaaaaaaaaa')],
  ])('is a timeout when docker prints %s at the deadline', async (_what, stdout) => {
    runner.stats = { stdout, timedOut: true, exitCode: 0, durationMs: 15_012.4 };
    await expect(service.sample()).rejects.toMatchObject({
      code: 'docker_timeout',
      message: 'docker did not answer within 15000 ms',
    });
  });

  it.each([
    ['command_not_found', 'docker_not_found'],
    ['command_not_executable', 'docker_not_found'],
    ['command_start_failed', 'docker_failed'],
    ['command_output_limit', 'docker_failed'],
    ['command_aborted', 'docker_failed'],
  ] as const)('makes %s of the runner %s, with its cause', async (commandCode, code) => {
    const cause = new CommandError(commandCode, 'no result');
    runner.stats = cause;
    await expect(service.sample()).rejects.toMatchObject({ code, message: 'no result', cause });
  });

  it('lets an error that is none of docker through as it is', async () => {
    const error = new TypeError('a bug');
    runner.stats = error;
    await expect(service.sample()).rejects.toBe(error);
  });

  // CLI 29 was not recorded here: its wordings as documented.
  it.each([
    [
      'failed to connect to the docker API at unix:///run/x.sock; check if the path is correct and if the daemon is running: dial unix /run/x.sock: connect: no such file or directory',
      /down/,
    ],
    [
      'permission denied while trying to connect to the docker API at unix:///var/run/docker.sock',
      /permission/,
    ],
    [
      'Error response from daemon: client version 1.41 is too old. Minimum supported API version is 1.44',
      /API version/,
    ],
    ['CANNOT CONNECT TO THE DOCKER DAEMON', /down/],
  ])('tells why the daemon is unreachable: %s', async (stderr, reason) => {
    runner.stats = failure(stderr);
    await expect(service.sample()).rejects.toMatchObject({
      code: 'docker_unreachable',
      message: stderr,
      reason: expect.stringMatching(reason) as string,
    });
  });

  it('fails with the text when it knows no better, on one line and cut short', async () => {
    runner.stats = failure(`some\u001b[31m new\nfailure ${'x'.repeat(5000)}`, 3);
    await expect(service.sample()).rejects.toMatchObject({
      code: 'docker_failed',
      message: expect.stringMatching(/^some \[31m new failure x{478}…$/) as string,
    });
  });

  it('says how docker ended when it says nothing itself', async () => {
    runner.stats = { exitCode: null, signal: 'SIGKILL' };
    await expect(service.sample()).rejects.toMatchObject({
      code: 'docker_failed',
      message: 'docker ended with SIGKILL',
    });
  });
});
