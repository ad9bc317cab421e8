import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FullStats } from 'docker-stats-client';
import { COMPOSE, FLEET, getService, MONITORING } from '../../support/compose/compose-files.js';
import { DockerEngine } from '../../support/engines/docker-engine.js';
import { expectKnownLoad, startBusy, startHolder } from '../../support/engines/known-load.js';
import { buildHaproxy, buildPrometheus, buildService } from '../../support/images/stand-in-images.js';
import { COMPOSE_PROGRAMS, NO_COMPOSE } from '../../support/vitest/docker-availability.js';
import { ComposeProject } from './compose-project.js';
import { requestInside, requestStatusInside } from './inner-request.js';

/** A group that no user is in. */
const GROUP = 54_321;

const SERVICES = ['docker-stats-api', 'socket-proxy'];

/** Containers start, and the service restarts, within this time. */
const SOON = { timeout: 20_000, interval: 300 };

/** The last one on the PATH, which is the newest in CI. */
const program = COMPOSE_PROGRAMS.at(-1) ?? 'no Compose';

describe.skipIf(NO_COMPOSE)('Compose files', () => {
  const engine = new DockerEngine({ hasNetwork: true, group: GROUP });

  beforeAll(async () => {
    await engine.start();
    await buildService(engine, getService(COMPOSE, 'docker-stats-api').image);
    await buildHaproxy(engine, getService(COMPOSE, 'socket-proxy').image);
    await buildPrometheus(engine, getService(MONITORING, 'prometheus').image);
    // The engine is restarted. These containers start again, as those of the project do.
    await Promise.all([startBusy(engine), startHolder(engine)]);
    await engine.docker('update', '--restart', 'always', 'busy', 'holder');
  }, 180_000);
  afterAll(() => engine.destroy());

  describe('compose.yaml', () => {
    let project: ComposeProject;
    let key: string;

    beforeAll(async () => {
      project = new ComposeProject(engine, program, ['compose.yaml'], GROUP);
      key = await project.createSecrets();
      await project.compose('up', '--detach', '--no-build');
    });
    afterAll(() => project.destroy());

    async function expectStats(): Promise<void> {
      const { status, body } = await requestInside(engine, '/stats?view=full', key);
      const { containers, skipped } = body as FullStats;
      expect([status, skipped]).toEqual([200, []]);
      expect(containers.map(({ name }) => name)).toEqual([
        'busy',
        ...SERVICES.map((service) => project.getContainer(service)),
        'holder',
      ]);
      expectKnownLoad(containers);
    }

    it('returns the values of all containers for the key that its comment creates', async () => {
      expect(key).toMatch(/^[\w-]{32}$/);
      await expect.poll(() => requestStatusInside(engine, '/stats', key), SOON).toBe(200);
      await expectStats();
      expect(await requestInside(engine, '/health/ready')).toMatchObject({
        status: 200,
        body: { status: 'ok' },
      });
      expect(await requestInside(engine, '/stats')).toMatchObject({
        status: 401,
        body: { code: 'unauthorized' },
      });
    });

    it.each(SERVICES)(
      'runs %s without root, capabilities, new privileges and a writable root',
      async (name) => {
        const [uid = ''] = getService(COMPOSE, name).user.split(':');
        const status = await project.readStatus(name);
        expect(status).toMatch(new RegExp(`^Uid:(?:\\s+${uid}){4}$`, 'm'));
        for (const set of ['CapPrm', 'CapEff', 'CapBnd'])
          expect(status).toMatch(new RegExp(`^${set}:\\s+0+$`, 'm'));
        expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
        expect(await project.inspect(name, '{{.HostConfig.ReadonlyRootfs}}')).toBe('true');
        const limits = '{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{.HostConfig.PidsLimit}}';
        expect(await project.inspect(name, limits)).toMatch(/^[1-9]\d+ [1-9]\d+ [1-9]\d+$/);
      },
    );

    it('lets only the proxy use the socket of the engine, and gives the proxy no network', async () => {
      const mounts = '{{range .Mounts}}{{.Destination}} {{end}}';
      expect(await project.inspect('docker-stats-api', mounts)).not.toContain('/var/run/docker.sock');
      expect(await project.inspect('socket-proxy', mounts)).toContain('/var/run/docker.sock');
      expect(await project.inspect('socket-proxy', '{{.HostConfig.NetworkMode}}')).toBe('none');
      const groups = (await project.readStatus('docker-stats-api')).match(/^Groups:.*$/m)?.[0];
      expect(groups).not.toContain(String(GROUP));
    });

    it('publishes the port only on the loopback address', async () => {
      const ports = await project.inspect('docker-stats-api', '{{json .NetworkSettings.Ports}}');
      expect(JSON.parse(ports)).toEqual({ '5005/tcp': [{ HostIp: '127.0.0.1', HostPort: '5005' }] });
    });

    it.each(['inspect busy', 'logs busy', 'rm --force busy', 'run test-busybox', 'images'])(
      'refuses docker %s in the container of the service',
      async (command) => {
        const refused = project.exec('docker-stats-api', 'docker', ...command.split(' '));
        // The proxy may close the connection before the CLI has sent the body of a POST request.
        await expect(refused).rejects.toThrow(/refused by the socket proxy|broken pipe|connection reset/);
      },
    );

    it('accepts a key that is appended to the file, without a restart', async () => {
      const added = 'another-key-0123456789';
      expect(await requestStatusInside(engine, '/stats', added)).toBe(401);
      project.addKey(`added:${added}`);
      await expect.poll(() => requestStatusInside(engine, '/stats', added), SOON).toBe(200);
      expect(await project.inspect('docker-stats-api', '{{.RestartCount}}')).toBe('0');
    });

    it('becomes healthy', async () => {
      const firstCheck = { timeout: 45_000, interval: 500 }; // it is after 30 s
      await expect
        .poll(() => project.inspect('docker-stats-api', '{{.State.Health.Status}}'), firstCheck)
        .toBe('healthy');
    });

    it('works again after the proxy is killed', async () => {
      const pid = Number(await project.inspect('socket-proxy', '{{.State.Pid}}'));
      process.kill(pid, 'SIGKILL');
      await expect.poll(() => project.inspect('socket-proxy', '{{.RestartCount}}'), SOON).toBe('1');
      await expect.poll(() => requestStatusInside(engine, '/health/ready'), SOON).toBe(200);
      await expect.poll(() => requestStatusInside(engine, '/stats', key), SOON).toBe(200);
    });

    it('works again after the engine restarts', async () => {
      await engine.stop();
      await engine.start();
      await expect.poll(() => requestStatusInside(engine, '/stats', key), SOON).toBe(200);
      await expectStats();
    });

    it('stops within its grace period, with exit code 0', async () => {
      const before = performance.now();
      await project.compose('stop');
      expect(performance.now() - before).toBeLessThan(10_000);
      for (const name of SERVICES) expect(await project.inspect(name, '{{.State.ExitCode}}')).toBe('0');
    });
  });

  describe('compose.monitoring.yaml', () => {
    let project: ComposeProject;

    beforeAll(async () => {
      project = new ComposeProject(engine, program, ['compose.yaml', 'compose.monitoring.yaml'], GROUP);
      await project.createSecrets();
      // There is no image of Grafana here.
      await project.compose('up', '--detach', '--no-build', 'prometheus');
    });
    afterAll(() => project.destroy());

    /** Evaluates an expression in the container of Prometheus. */
    function query(expression: string): Promise<string> {
      return project.exec('prometheus', 'promtool', 'query', 'instant', 'http://127.0.0.1:9090', expression);
    }

    it('makes Prometheus scrape the service with its own key', async () => {
      const up = 'up{instance="docker-stats-api:5005", job="docker-stats-api"} => 1 ';
      await expect.poll(() => query('up').catch(String), { timeout: 45_000, interval: 500 }).toContain(up);
      await expect
        .poll(() => query('docker_container_cpu_usage_ratio{name="busy"}'), {
          timeout: 30_000,
          interval: 500,
        })
        .toContain('name="busy"');
    });

    it('gives Prometheus the rules, and no port and no way to other networks', async () => {
      const rules = await project.exec(
        'prometheus',
        'wget',
        '-q',
        '-O',
        '-',
        'http://127.0.0.1:9090/api/v1/rules',
      );
      expect(rules).toContain('"name":"instance:docker_container_memory_usage_bytes:sum"');
      expect(await project.inspect('prometheus', '{{json .HostConfig.PortBindings}}')).toMatch(
        /^(?:null|\{\})$/,
      );
      expect(
        await project.inspect(
          'prometheus',
          '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}}{{end}}',
        ),
      ).toBe('docker-stats-api_monitoring');
      const isInternal = engine.docker(
        'network',
        'inspect',
        '-f',
        '{{.Internal}}',
        'docker-stats-api_monitoring',
      );
      expect(await isInternal).toBe('true');
    });
  });

  describe('compose.fleet.yaml', () => {
    let project: ComposeProject;
    let key: string;

    beforeAll(async () => {
      project = new ComposeProject(engine, program, ['compose.yaml', 'compose.fleet.yaml'], GROUP);
      const keys = await project.createSecrets();
      key = keys.split('\n').at(-1) ?? '';
      await project.compose('up', '--detach', '--no-build');
    });
    afterAll(() => project.destroy());

    it('serves the containers of the service next to it as those of the host local', async () => {
      const port = Number(getService(FLEET, 'fleet').environment?.['PORT']);
      const readNames = async (): Promise<unknown> => {
        const { status, body } = await requestInside(engine, '/stats', key, port);
        return [status, (body as readonly { host: string; name: string }[]).map(({ host }) => host)];
      };
      const containers = ['busy', 'fleet', 'prometheus', 'docker-stats-api', 'socket-proxy', 'holder'];
      await expect
        .poll(() => readNames().catch(String), { timeout: 55_000, interval: 500 })
        .toEqual([200, containers.map(() => 'local')]);
      expect(await requestInside(engine, '/stats', 'other', port)).toMatchObject({ status: 401 });
    });

    it('gives the fleet instance no socket, and neither it nor Prometheus root', async () => {
      for (const name of ['fleet', 'prometheus']) {
        // oxlint-disable-next-line no-await-in-loop -- two containers
        const mounts = await project.inspect(name, '{{range .Mounts}}{{.Destination}} {{end}}');
        expect(mounts).not.toMatch(/docker(?:-stats-proxy)?\.sock|docker-stats-proxy/);
        const [uid = ''] = getService(FLEET, name).user.split(':');
        // oxlint-disable-next-line no-await-in-loop -- two containers
        expect(await project.readStatus(name)).toMatch(new RegExp(`^Uid:(?:\\s+${uid}){4}$`, 'm'));
      }
    });
  });
});
