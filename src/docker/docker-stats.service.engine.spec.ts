import { beforeEach, describe, expect, it } from 'vitest';
import { dockerSource } from '../../test/support/docker-source.js';
import { row } from '../../test/support/docker-rows.js';
import { FakeClock } from '../../test/support/fake-clock.js';
import { failure, FakeCommandRunner } from '../../test/support/fake-command-runner.js';
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
  service = serviceWith({});
});

function serviceWith(env: NodeJS.ProcessEnv): DockerStatsService {
  return dockerSource(runner, readSettings(env), clock);
}

function subcommands(): (string | undefined)[] {
  return runner.commands.map(({ args }) => args[0]);
}

describe('the check of the engine beside a sample', () => {
  it('runs while docker stats runs, on the first sample and a minute after the last check', async () => {
    await service.sample();
    await service.sample();
    await clock.advance(MINUTE_MS - 1);
    await service.sample();
    expect(subcommands()).toEqual(['stats', 'version', 'stats', 'stats']);
    await clock.advance(1);
    await service.sample();
    expect(subcommands().slice(4)).toEqual(['stats', 'version']);
  });

  it('starts before docker stats has ended', async () => {
    let end!: (result: { stdout: string }) => void;
    runner.stats = new Promise((resolve) => (end = resolve));
    const sampling = service.sample();
    expect(subcommands()).toEqual(['stats', 'version']);
    end({ stdout: row() });
    expect(await sampling).toMatchObject({ containers: [{ name: 'my-app' }] });
  });

  it('runs again after a sample that failed: another engine may have come', async () => {
    await service.sample();
    runner.stats = failure('Cannot connect to the Docker daemon');
    await expect(service.sample()).rejects.toMatchObject({ code: 'docker_unreachable' });
    runner.stats = { stdout: row({ Name: 'od-idle' }) };
    runner.version = PODMAN;
    await expect(service.sample()).rejects.toMatchObject({ code: 'docker_unsupported' });
  });

  it('has no longer a deadline than docker stats', async () => {
    await serviceWith({ DOCKER_TIMEOUT_MS: '2000', HEALTH_TIMEOUT_MS: '9000' }).sample();
    await serviceWith({ DOCKER_TIMEOUT_MS: '9000', HEALTH_TIMEOUT_MS: '2500' }).sample();
    const checks = runner.commands.filter(({ args }) => args[0] === 'version');
    expect(checks).toMatchObject([{ timeoutMs: 2000 }, { timeoutMs: 2500 }]);
  });
});

describe("Podman's figures", () => {
  it('are never served, however often they are asked for, until the engine is another one', async () => {
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

  it('are not served either when docker version takes longer than docker stats', async () => {
    let tell!: (result: { stdout: string }) => void;
    runner.version = new Promise((resolve) => (tell = resolve));
    const sampling = service.sample();
    await clock.advance(0);
    tell(PODMAN);
    await expect(sampling).rejects.toMatchObject({ code: 'docker_unsupported' });
  });

  it('in a format of its own are unsupported, not unreachable', async () => {
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

describe('figures beside which docker version fails', () => {
  it.each([
    ['fails', failure('Error response from daemon: refused by the socket proxy')],
    ['names no server', { stdout: '\n' }],
    ['cannot be run', new CommandError('command_start_failed', 'spawn EMFILE')],
  ])('are served when it %s, and the next sample asks again', async (_how, version) => {
    runner.version = version;
    expect(await service.sample()).toMatchObject({ containers: [{ name: 'my-app' }] });
    await service.sample();
    expect(subcommands()).toEqual(['stats', 'version', 'stats', 'version']);
  });

  it('are served when it hangs, and no sample of the next minute waits for it', async () => {
    runner.version = { timedOut: true, exitCode: null };
    expect(await service.sample()).toMatchObject({ containers: [{ name: 'my-app' }] });
    await service.sample();
    expect(subcommands()).toEqual(['stats', 'version', 'stats']);
  });

  it('are not served in place of a fault of ours', async () => {
    runner.version = new TypeError('a bug');
    await expect(service.sample()).rejects.toThrow('a bug');
  });
});
