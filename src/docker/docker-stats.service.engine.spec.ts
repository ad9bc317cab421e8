import { beforeEach, describe, expect, it } from 'vitest';
import { createDockerStatsService } from '../../test/support/docker/create-docker-stats-service.js';
import { row } from '../../test/support/docker/docker-rows.js';
import { FakeClock } from '../../test/support/sampling/fake-clock.js';
import { failure, FakeCommandRunner } from '../../test/support/docker/fake-command-runner.js';
import { CommandError } from '../command/command.error.js';
import { readSettings } from '../config/read-settings.js';
import type { DockerStatsService } from './docker-stats.service.js';

const PODMAN = { stdout: '4.3.1,Podman Engine,Conmon,OCI Runtime (runc),Engine\n' };
const MINUTE_MS = 60_000;

let runner: FakeCommandRunner;
let clock: FakeClock;
let service: DockerStatsService;
beforeEach(() => {
  runner = new FakeCommandRunner();
  runner.stats = { stdout: row() };
  clock = new FakeClock();
  service = createService({});
});

function createService(env: NodeJS.ProcessEnv): DockerStatsService {
  return createDockerStatsService(runner, readSettings(env), clock);
}

/** The subcommands that were run, without `docker ps`, which every sample runs. */
function subcommands(): (string | undefined)[] {
  return runner.commands.map(({ args }) => args[0]).filter((subcommand) => subcommand !== 'ps');
}

describe('The engine check of DockerStatsService.sample()', () => {
  it('runs with the first sample, and with the first one a minute after the last check', async () => {
    await service.sample();
    await service.sample();
    await clock.advance(MINUTE_MS - 1);
    await service.sample();
    expect(subcommands()).toEqual(['stats', 'version', 'stats', 'stats']);
    await clock.advance(1);
    await service.sample();
    expect(subcommands().slice(4)).toEqual(['stats', 'version']);
  });

  it('runs at the same time as docker stats', async () => {
    let end!: (result: { stdout: string }) => void;
    runner.stats = new Promise((resolve) => (end = resolve));
    const sampling = service.sample();
    expect(subcommands()).toEqual(['stats', 'version']);
    end({ stdout: row() });
    expect(await sampling).toMatchObject({ containers: [{ name: 'my-app' }] });
  });

  it('runs again after a failed sample, because the engine may have been replaced', async () => {
    await service.sample();
    runner.stats = failure('Cannot connect to the Docker daemon');
    await expect(service.sample()).rejects.toMatchObject({ code: 'docker_unreachable' });
    runner.stats = { stdout: row({ Name: 'od-idle' }) };
    runner.version = PODMAN;
    await expect(service.sample()).rejects.toMatchObject({ code: 'docker_unsupported' });
  });

  it('uses the shorter of DOCKER_TIMEOUT_MS and HEALTH_TIMEOUT_MS as its deadline', async () => {
    await createService({ DOCKER_TIMEOUT_MS: '2000', HEALTH_TIMEOUT_MS: '9000' }).sample();
    await createService({ DOCKER_TIMEOUT_MS: '9000', HEALTH_TIMEOUT_MS: '2500' }).sample();
    const checks = runner.commands.filter(({ args }) => args[0] === 'version');
    expect(checks).toMatchObject([{ timeoutMs: 2000 }, { timeoutMs: 2500 }]);
  });
});

describe('DockerStatsService.sample() with Podman', () => {
  it('throws docker_unsupported every time, until Podman is replaced by Docker', async () => {
    runner.stats = { stdout: row({ Name: 'od-idle' }) };
    runner.version = PODMAN;
    for (let n = 0; n < 3; n++) {
      await expect(service.sample()).rejects.toMatchObject({
        code: 'docker_unsupported',
        message: 'Podman 4.3.1 is not supported yet, and gives wrong figures',
      });
    }
    runner.version = new FakeCommandRunner().version;
    expect(await service.sample()).toMatchObject({ containers: [{ name: 'od-idle' }] });
  });

  it('waits for docker version if that takes longer than docker stats', async () => {
    let respond!: (result: { stdout: string }) => void;
    runner.version = new Promise((resolve) => (respond = resolve));
    const sampling = service.sample();
    await clock.advance(0);
    respond(PODMAN);
    await expect(sampling).rejects.toMatchObject({ code: 'docker_unsupported' });
  });

  it('throws docker_unsupported, not docker_unreachable, for the output format of Podman', async () => {
    runner.stats = { stdout: '[\n {\n  "id": "58897f1ab582",\n  "name": "pod-idle"\n }\n]\n' };
    runner.version = {
      exitCode: 125,
      stdout: '4.3.1',
      stderr:
        'Error: template: version:1:20: executing "version" at <.Components>: ' +
        "can't evaluate field Components in type *define.Version\n",
    };
    await expect(service.sample()).rejects.toMatchObject({
      code: 'docker_unsupported',
      message: expect.stringMatching(/^Podman 4\.3\.1 is not supported/) as string,
    });
  });
});

describe('DockerStatsService.sample() when docker version fails', () => {
  it.each([
    ['fails', failure('Error response from daemon: refused by the socket proxy')],
    ['names no server', { stdout: '\n' }],
    ['cannot be started', new CommandError('command_start_failed', 'spawn EMFILE')],
  ])(
    'returns the figures when docker version %s, and checks again with the next sample',
    async (_how, version) => {
      runner.version = version;
      expect(await service.sample()).toMatchObject({ containers: [{ name: 'my-app' }] });
      await service.sample();
      expect(subcommands()).toEqual(['stats', 'version', 'stats', 'version']);
    },
  );

  it('returns the figures when docker version hangs, and does not run it again for a minute', async () => {
    runner.version = { timedOut: true, exitCode: null };
    expect(await service.sample()).toMatchObject({ containers: [{ name: 'my-app' }] });
    await service.sample();
    expect(subcommands()).toEqual(['stats', 'version', 'stats']);
  });

  it('throws an internal error of docker version instead of returning figures', async () => {
    runner.version = new TypeError('a bug');
    await expect(service.sample()).rejects.toThrow('a bug');
  });
});
