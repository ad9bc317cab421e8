import { beforeEach, describe, expect, it } from 'vitest';
import { FakeCommandRunner } from '../../test/support/fake-command-runner.js';
import { resultOf, type VersionRecording, versionRecordings } from '../../test/support/recordings.js';
import { readSettings } from '../config/read-settings.js';
import { DockerCli } from './docker-cli.js';
import { DockerVersion } from './docker-version.js';

let runner: FakeCommandRunner;
let dockerVersion: DockerVersion;
beforeEach(() => {
  runner = new FakeCommandRunner();
  dockerVersion = new DockerVersion(new DockerCli(runner, readSettings({})));
});

describe('recorded runs of docker version', () => {
  const failed: [string, VersionRecording, string][] = [];
  const read: [string, VersionRecording, string][] = [];
  for (const recording of versionRecordings()) {
    const { expected } = recording;
    if ('error' in expected) failed.push([recording.case, recording, expected.error]);
    else read.push([recording.case, recording, expected.version]);
  }

  it.each(read)('give the version of the engine: %s', async (_case, recording, version) => {
    runner.version = resultOf(recording);
    expect(await dockerVersion.read(3000)).toBe(version);
    expect(runner.commands[0]?.args).toEqual(recording.argv.slice(1)); // what was recorded is what is run
  });

  it.each(failed)('give the code of the failure: %s', async (_case, recording, code) => {
    runner.version = resultOf(recording);
    await expect(dockerVersion.read(3000)).rejects.toMatchObject({ name: 'StatsSourceError', code });
  });
});

describe('DockerVersion', () => {
  it('says of Podman that it is not supported, and what to do', async () => {
    runner.version = { stdout: '5.4.2,Podman Engine,Conmon\n' };
    await expect(dockerVersion.read(3000)).rejects.toMatchObject({
      code: 'docker_unsupported',
      message: 'Podman 5.4.2 is not supported yet, and gives wrong figures',
      forOperator: expect.stringMatching(/ set DOCKER_BIN to .* and DOCKER_HOST to /) as string,
    });
  });

  it('takes an engine that names no components for a supported one', async () => {
    runner.version = { stdout: '27.0.1\n' };
    expect(await dockerVersion.read(3000)).toBe('27.0.1');
  });

  it('runs docker version once for all who ask meanwhile, and again for the next', async () => {
    const versions = await Promise.all([
      dockerVersion.read(3000),
      dockerVersion.read(1000),
      dockerVersion.read(500),
    ]);
    expect(new Set(versions)).toEqual(new Set(['28.2.2']));
    expect(runner.commands).toMatchObject([{ timeoutMs: 3000, maxOutputBytes: 65_536 }]);
    runner.version = { timedOut: true };
    await expect(dockerVersion.read(500)).rejects.toMatchObject({
      code: 'docker_timeout',
      message: 'docker did not answer within 500 ms',
    });
    expect(runner.commands).toHaveLength(2);
  });
});
