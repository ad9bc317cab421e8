import { beforeEach, describe, expect, it } from 'vitest';
import { FakeCommandRunner } from '../../../test/support/docker/fake-command-runner.js';
import {
  toCommandResult,
  type VersionRecording,
  readVersionRecordings,
} from '../../../test/support/docker/recordings.js';
import { readSettings } from '../../config/read-settings.js';
import { DockerCli } from './docker-cli.js';
import { DockerVersion } from './docker-version.js';

let runner: FakeCommandRunner;
let dockerVersion: DockerVersion;
beforeEach(() => {
  runner = new FakeCommandRunner();
  dockerVersion = new DockerVersion(new DockerCli(runner, readSettings({})));
});

describe('DockerVersion with recorded output of docker version', () => {
  const failed: [string, VersionRecording, string][] = [];
  const read: [string, VersionRecording, string][] = [];
  for (const recording of readVersionRecordings()) {
    const { expected } = recording;
    if ('error' in expected) failed.push([recording.case, recording, expected.error]);
    else read.push([recording.case, recording, expected.version]);
  }

  it.each(read)('reads the version: %s', async (_case, recording, version) => {
    runner.version = toCommandResult(recording);
    expect(await dockerVersion.read(3000)).toBe(version);
    expect(runner.commands[0]?.args).toEqual(recording.argv.slice(1)); // the recorded command is the one that runs
  });

  it.each(failed)('throws the right error code: %s', async (_case, recording, code) => {
    runner.version = toCommandResult(recording);
    await expect(dockerVersion.read(3000)).rejects.toMatchObject({ name: 'StatsSourceError', code });
  });
});

describe('DockerVersion', () => {
  it('throws docker_unsupported for Podman, with advice for the operator', async () => {
    runner.version = { stdout: '5.4.2,Podman Engine,Conmon\n' };
    await expect(dockerVersion.read(3000)).rejects.toMatchObject({
      code: 'docker_unsupported',
      message: 'Podman 5.4.2 is not supported yet, and gives wrong figures',
      logMessage: expect.stringMatching(/ set DOCKER_BIN to .* and DOCKER_HOST to /) as string,
    });
  });

  it('accepts an engine that lists no components', async () => {
    runner.version = { stdout: '27.0.1\n' };
    expect(await dockerVersion.read(3000)).toBe('27.0.1');
  });

  it('shares one run of docker version between concurrent calls, and runs it again for the next call', async () => {
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
      message: 'Docker did not respond within 500 ms',
    });
    expect(runner.commands).toHaveLength(2);
  });
});
