import { expect, it } from 'vitest';
import { FakeDockerCli } from '../../support/docker/fake-docker-cli.js';
import { findProcesses } from '../../support/processes/processes.js';
import { startService } from '../../support/service/service-process.js';
import { KEY } from '../../support/service/test-app.js';
import { httpGet } from '../http-get.js';

const HOSTS = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${name}=tcp://${name}`).join();

it('stops with exit code 0 and leaves no docker process while more hosts hang than DOCKER_CONCURRENCY, and clients have gone', async () => {
  const docker = new FakeDockerCli({ fault: 'ignores_sigterm' });
  const service = startService({
    ...docker.env,
    DOCKER_HOSTS: HOSTS,
    DOCKER_CONCURRENCY: '2',
    DOCKER_KILL_GRACE_MS: '300',
    API_KEYS: KEY,
  });
  const url = await service.waitForUrl();
  const gone = Array.from({ length: 50 }, () =>
    fetch(`${url}/stats`, { headers: { 'X-API-Key': KEY }, signal: AbortSignal.timeout(200) }),
  );
  expect((await Promise.allSettled(gone)).filter(({ status }) => status === 'fulfilled')).toEqual([]);
  await expect.poll(() => findProcesses(`${docker.program} stats`).length).toBe(2);
  expect((await httpGet(`${url}/health/live`)).status).toBe(200);
  service.kill('SIGTERM');
  expect(await service.exitCode).toBe(0);
  expect(findProcesses(docker.program)).toEqual([]);
});
