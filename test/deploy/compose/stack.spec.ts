import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FullStats } from 'docker-stats-client';
import { getService, STACK } from '../../support/compose/compose-files.js';
import { DockerEngine } from '../../support/engines/docker-engine.js';
import { expectKnownLoad, startBusy, startHolder } from '../../support/engines/known-load.js';
import { buildHaproxy, buildService } from '../../support/images/stand-in-images.js';
import { NO_DOCKER_ENGINE } from '../../support/vitest/docker-availability.js';
import { requestInside, requestStatusInside } from './inner-request.js';
import { SwarmStack } from './swarm-stack.js';

/** A group that no user is in. */
const GROUP = 54_321;

const IMAGE = 'docker-stats-api:test';

/** The swarm starts and replaces containers within this time. A check of the proxy's update lasts 10 s, and of the service's 30 s. */
const SOON = { timeout: 55_000, interval: 300 };

describe.skipIf(NO_DOCKER_ENGINE)('stack.yaml on a swarm with one node', () => {
  const engine = new DockerEngine({ hasNetwork: true, group: GROUP });
  const stack = new SwarmStack(engine, IMAGE, GROUP);
  let key: string;

  beforeAll(async () => {
    await engine.start();
    await buildService(engine, IMAGE);
    await buildHaproxy(engine, getService(STACK, 'socket-proxy').image);
    await Promise.all([startBusy(engine), startHolder(engine)]);
    await engine.docker('swarm', 'init', '--advertise-addr', 'docker0');
    key = await stack.createKey();
    await stack.deploy();
  }, 120_000);
  afterAll(async () => {
    await stack.destroy();
    await engine.destroy();
  });

  it('returns the values of all containers for the key that its comment creates', async () => {
    expect(key).toMatch(/^[\w-]{32}$/);
    await expect.poll(() => requestStatusInside(engine, '/stats', key), SOON).toBe(200);
    const { body } = await requestInside(engine, '/stats?view=full', key);
    const { containers, skipped } = body as FullStats;
    expect(skipped).toEqual([]);
    expect(containers.map(({ name }) => name.replace(/\.\w+\.\w+$/, ''))).toEqual([
      'busy',
      'holder',
      'stats_docker-stats-api',
      'stats_socket-proxy',
    ]);
    expectKnownLoad(containers);
    expect(await requestInside(engine, '/stats')).toMatchObject({
      status: 401,
      body: { code: 'unauthorized' },
    });
  });

  it.each([
    ['docker-stats-api', '65532:65532', 100],
    ['socket-proxy', `65532:${GROUP}`, 50],
  ])('runs %s without root, capabilities and a writable root', async (service, user, processes) => {
    const host = '{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.PidsLimit}}';
    expect(await stack.inspect(service, `{{.Config.User}} ${host}`)).toBe(`${user} true [ALL] ${processes}`);
  });

  it('lets only the proxy use the socket of the engine', async () => {
    const mounts = '{{range .Mounts}}{{.Destination}} {{end}}';
    expect(await stack.inspect('docker-stats-api', mounts)).not.toContain('/var/run/docker.sock');
    expect(await stack.inspect('socket-proxy', mounts)).toContain('/var/run/docker.sock');
  });

  it('accepts an added key after a deployment with a new KEYS_VERSION', async () => {
    const added = 'another-key-0123456789';
    stack.addKey(`added:${added}`);
    expect(await requestStatusInside(engine, '/stats', added)).toBe(401);
    const before = await stack.listContainers('docker-stats-api');
    await stack.deploy({ KEYS_VERSION: '2' });
    await expect.poll(() => requestStatusInside(engine, '/stats', added), SOON).toBe(200);
    expect(await requestStatusInside(engine, '/stats', key)).toBe(200);
    const after = await stack.listContainers('docker-stats-api');
    expect(after).toHaveLength(1);
    expect(after).not.toEqual(before);
  });
});
