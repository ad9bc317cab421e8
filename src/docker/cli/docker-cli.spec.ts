import { describe, expect, it } from 'vitest';
import { failure, FakeCommandRunner } from '../../../test/support/docker/fake-command-runner.js';
import type { Command } from '../../command/command-runner.js';
import type { Variables } from '../../config/environment.js';
import { readSettings } from '../../config/read-settings.js';
import { DockerCli } from './docker-cli.js';

/** The command that `docker version` runs with these settings. */
async function runWith(env: Variables): Promise<Command | undefined> {
  const runner = new FakeCommandRunner();
  await new DockerCli(runner, readSettings(env)).run(['version'], { timeoutMs: 700 });
  return runner.commands[0];
}

describe('DockerCli', () => {
  it('runs DOCKER_BIN with the configured limits', async () => {
    expect(await runWith({ DOCKER_BIN: '/opt/docker', DOCKER_KILL_GRACE_MS: '300' })).toEqual({
      file: '/opt/docker',
      args: ['version'],
      env: {},
      timeoutMs: 700,
      killGraceMs: 300,
      maxOutputBytes: 33_554_432,
    });
  });

  it("passes docker's own variables to docker, and no others", async () => {
    const docker = {
      DOCKER_HOST: 'tcp://h:1',
      DOCKER_CONTEXT: 'c',
      HOME: '/h',
      PATH: '/bin',
      https_proxy: 'p',
      SSH_AUTH_SOCK: 's',
    };
    const others = {
      API_KEYS: 'long-key-0123456789',
      DOCKER_PASSWORD: 'x',
      DOCKER_BIN: 'd',
      LD_PRELOAD: 'x',
      NODE_OPTIONS: '--inspect',
    };
    expect(await runWith({ ...docker, ...others })).toMatchObject({ env: docker });
  });

  it('runs the fake docker CLI with the Node of the service when DEMO is set', async () => {
    const command = await runWith({ DEMO: 'true', DOCKER_BIN: 'docker', PATH: '/bin' });
    expect(command?.file).toBe(process.execPath);
    expect(command?.args).toEqual([expect.stringMatching(/\/demo\/docker\.mjs$/), 'version']);
    expect(command?.env).toEqual({ PATH: '/bin' });
  });

  it('explains a TLS connection that the daemon closed without an alert', async () => {
    const runner = new FakeCommandRunner();
    runner.version = failure(
      'error during connect: Get "https://127.0.0.1:2376/v1.24/version": write tcp 127.0.0.1:60544->127.0.0.1:2376: write: connection reset by peer',
    );
    const docker = new DockerCli(runner, readSettings({}));
    await expect(docker.run(['version'], { timeoutMs: 700 })).rejects.toMatchObject({
      code: 'docker_unreachable',
      reason: 'The Docker daemon closed the TLS connection',
      advice: expect.stringContaining('client certificate') as string,
    });
  });
});
