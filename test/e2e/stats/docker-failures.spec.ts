import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandError } from '../../../src/command/command.error.js';
import { placeholderRow, row } from '../../support/docker/docker-rows.js';
import { failure, type FakeCommandRunner } from '../../support/docker/fake-command-runner.js';
import { bootApp, KEY, type TestApp } from '../../support/service/test-app.js';

let test: TestApp<FakeCommandRunner>;
beforeEach(async () => {
  test = await bootApp();
});
afterEach(() => test.app.close());

const FIX_TIMEOUT =
  'To fix: check whether the Docker daemon hangs; DOCKER_TIMEOUT_MS and HEALTH_TIMEOUT_MS set the deadlines.';

const FIX_FAILURE =
  'To fix: run `docker stats --no-stream` by hand, as the user and in the environment of this service.';

describe('GET /stats and GET /containers/{name or id}/stats, if docker fails,', () => {
  it.each([
    [
      'docker_not_found',
      new CommandError('command_not_found', 'docker could not be started: spawn docker ENOENT'),
      'Error: docker could not be started: spawn docker ENOENT. ' +
        'To fix: install the docker CLI, or set DOCKER_BIN to its path.',
    ],
    [
      'docker_unreachable',
      failure(
        'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      ),
      'Error: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running? ' +
        'To fix: start Docker, or set DOCKER_HOST to the address of the daemon.',
    ],
    [
      'docker_unreachable',
      { stdout: placeholderRow('aaaaaaaaaaaa') },
      'Error: Docker returned no figures (containers: 1) and lost its daemon. ' +
        'To fix: check that the Docker daemon is running and that DOCKER_BIN is a docker CLI.',
    ],
    [
      'docker_timeout',
      { timedOut: true, durationMs: 15_003 },
      `Error: Docker did not respond within 15000 ms. ${FIX_TIMEOUT}`,
    ],
    [
      'docker_failed',
      failure('Error response from daemon: something broke'),
      `Error: Error response from daemon: something broke. ${FIX_FAILURE}`,
    ],
    [
      'docker_failed',
      new CommandError('command_output_limit', 'docker wrote more than 33554432 bytes'),
      `Error: docker wrote more than 33554432 bytes. ${FIX_FAILURE}`,
    ],
  ])('respond with 500 and the code %s', async (code, stats, message) => {
    test.runner.stats = stats;
    test.runner.ps = failure('this docker has no ps');
    for (const path of ['/stats', '/stats?view=full', '/containers/web-1/stats']) {
      const { status, headers, body } = await test.get(path);
      expect(status).toBe(500);
      expect(headers).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
      });
      expect(body).toStrictEqual({ statusCode: 500, code, message });
    }
  });

  it('respond with 500 docker_unsupported for Podman, and hide its version from keys with a scope', async () => {
    const own = await bootApp({ API_KEYS: `${KEY},scoped:scoped-key-0123456789;containers=web-*` });
    own.runner.stats = { stdout: row({ Name: 'od-idle' }) };
    own.runner.version = { stdout: '4.3.1,Podman Engine,Conmon,OCI Runtime (runc),Engine\n' };
    await own.get('/stats').expect(500, {
      statusCode: 500,
      code: 'docker_unsupported',
      message:
        "Error: Podman 4.3.1 is not supported yet, and gives wrong figures. To fix: set DOCKER_BIN to Docker's own CLI, and DOCKER_HOST to a Docker engine.",
    });
    await own.client.get('/stats').set('X-API-Key', 'scoped-key-0123456789').expect(500, {
      statusCode: 500,
      code: 'docker_unsupported',
      message:
        "Error: Podman is not supported yet. To fix: set DOCKER_BIN to Docker's own CLI, and DOCKER_HOST to a Docker engine.",
    });
    await own.app.close();
  });

  it('respond with 200 after docker recovers', async () => {
    test.runner.stats = failure('Cannot connect to the Docker daemon');
    await test.get('/stats').expect(500);
    test.runner.stats = { stdout: row() };
    await expect.poll(async () => (await test.get('/stats')).status).toBe(200);
  });

  it('do not expose the message of an internal error', async () => {
    test.runner.stats = new TypeError('secret detail');
    await test
      .get('/stats')
      .expect(500, { statusCode: 500, code: 'internal', message: 'Internal server error' });
  });
});
