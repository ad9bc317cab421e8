import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SpawnCommandRunner } from '../../../src/command/spawn-command-runner.js';
import { DOCKER_CLIS, NO_PODMAN } from '../../support/vitest/docker-availability.js';
import { PodmanEngine } from '../../support/engines/podman-engine.js';
import { bootApp } from '../../support/service/test-app.js';

const run = promisify(execFile);

const UNSUPPORTED = {
  statusCode: 500,
  code: 'docker_unsupported',
  message: expect.stringMatching(/Podman \d.* is not supported yet.*To fix: set DOCKER_BIN/) as string,
};

/** Returns the responses of the service with this CLI and engine. */
async function getResponses(env: { DOCKER_BIN: string; DOCKER_HOST: string }): Promise<object> {
  const { app, get, client } = await bootApp(env, { runner: new SpawnCommandRunner() });
  const stats = [];
  for (const path of ['/stats', '/stats?view=full', '/containers/pod-idle/stats']) {
    const { body } = await get(path).set('Cache-Control', 'no-cache');
    stats.push(body as object);
  }
  const { text: metrics } = await get('/metrics');
  const { status, body: health } = await client.get('/health/ready');
  await app.close();
  return { stats, metrics, ready: { status, health: health as object } };
}

describe.skipIf(NO_PODMAN)('Podman', () => {
  const engine = new PodmanEngine();
  beforeAll(async () => {
    await engine.start();
    await engine.runContainer('pod-idle', 'sleep 1000');
  });
  afterAll(() => engine.destroy());

  const REJECTED = {
    stats: [UNSUPPORTED, UNSUPPORTED, UNSUPPORTED],
    metrics: expect.stringMatching(/^docker_up 0$/m) as string,
    ready: { status: 503, health: { error: { docker: { status: 'down', code: 'docker_unsupported' } } } },
  };

  it.each(DOCKER_CLIS)(
    'is rejected as docker_unsupported with %s, which prints wrong names for its containers',
    async (cli) => {
      const format = '{{.Name}}';
      const { stdout } = await run(cli, ['-H', engine.host, 'stats', '--no-stream', '--format', format]);
      expect(stdout).toBe('od-idle\n');
      expect(await getResponses({ DOCKER_BIN: cli, DOCKER_HOST: engine.host })).toMatchObject(REJECTED);
    },
  );

  it('is rejected as docker_unsupported with its own CLI as DOCKER_BIN', async () => {
    expect(await getResponses({ DOCKER_BIN: engine.program, DOCKER_HOST: '' })).toMatchObject(REJECTED);
  });
});
