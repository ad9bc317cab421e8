import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { readDefaults } from '../src/config/files/defaults-file.js';
import {
  COMPOSE,
  FLEET,
  getService,
  listServices,
  MONITORING,
  readComposeFile,
  readLimits,
  readYaml,
  STACK,
} from './support/compose/compose-files.js';

const FILES = [COMPOSE, MONITORING, FLEET, STACK];
const SERVICES = FILES.flatMap((path) =>
  listServices(path).map(([name, service]) => ({ path, name, service })),
);

const DEFAULTS = readDefaults();
const PROXY_CONFIG = readFileSync('deploy/socket-proxy/haproxy.cfg', 'utf8');

/** The compose specification as JSON schema, in the version that dclint contains. */
const SCHEMA = JSON.parse(readFileSync('node_modules/dclint/schemas/compose.schema.json', 'utf8')) as object;
// Ajv does not know the URL of the meta-schema, which begins with https.
const isComposeFile = new Ajv({ strict: false, validateFormats: false, validateSchema: false }).compile(
  SCHEMA,
);

/** The first number in a text, such as the 15 in `15s`. */
function readNumber(text: string): number {
  return Number(/\d+/.exec(text)?.[0]);
}

describe.each(FILES)('%s', (path) => {
  it('follows the JSON schema of the compose specification', () => {
    isComposeFile(readYaml(path));
    expect(isComposeFile.errors).toBeNull();
  });

  it('does not follow the schema with a misspelled key in a service', () => {
    const { services, ...rest } = readComposeFile(path);
    const misspelled = { ...Object.values(services)[0], read_onyl: true };
    expect(isComposeFile({ ...rest, services: { misspelled } })).toBe(false);
  });

  it('refers only to files of the repository, and to files of secrets, which git ignores', () => {
    const { secrets, configs = {} } = readComposeFile(path);
    const mounted = listServices(path).flatMap(([, { volumes = [] }]) =>
      volumes.flatMap(({ type, source }) =>
        type === 'bind' && !/docker\.sock/.test(source) ? [source] : [],
      ),
    );
    const files = [...mounted, ...Object.values(configs).map(({ file }) => file)];
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !existsSync(join(dirname(path), file)))).toEqual([]);
    const secretFiles = Object.values(secrets).map(({ file }) => join(dirname(path), file));
    const ignored = execFileSync('git', ['check-ignore', ...secretFiles], { encoding: 'utf8' });
    expect(ignored.trim().split('\n')).toEqual(secretFiles);
  });
});

describe.each(SERVICES)('$name in $path', ({ path, name, service }) => {
  const isInSwarm = path === STACK;

  it('runs without root, capabilities and a writable root file system', () => {
    expect(service.user).toMatch(/^[1-9]\d*:/);
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    // Swarm does not support this option.
    expect(service.security_opt).toEqual(isInSwarm ? undefined : ['no-new-privileges:true']);
    for (const key of ['privileged', 'cap_add', 'devices', 'pid', 'ipc', 'userns_mode'])
      expect(service).not.toHaveProperty(key);
    expect(service.network_mode).not.toBe('host');
  });

  it('has limits for processors, memory, processes, its log and the time to stop', () => {
    const { cpus, memory, pids } = readLimits(service);
    expect(cpus).toBeGreaterThan(0);
    expect(memory).toMatch(/^\d+m$/);
    expect(pids).toBeGreaterThan(0);
    expect(service).toMatchObject({ logging: { options: { 'max-size': '10m', 'max-file': '3' } } });
    expect(service.stop_grace_period).toMatch(/^\d+s$/);
  });

  it('starts again after a failure, and uses a full version of its image', () => {
    const { restart, deploy, image } = service;
    expect([restart, deploy?.mode, deploy?.restart_policy.condition]).toEqual(
      isInSwarm ? [undefined, 'global', 'any'] : ['unless-stopped', undefined, undefined],
    );
    expect(image).toMatch(/^\$\{IMAGE:\?|:v?\d+\.\d+\.\d+(?:-alpine)?$/);
  });

  it('publishes ports only on the loopback address, or in a swarm on the node', () => {
    const addresses = (service.ports ?? []).map((port) =>
      typeof port === 'string' ? /^(.*):(\d+):\2$/.exec(port)?.[1] : port.mode,
    );
    expect(addresses.filter((address) => address !== (isInSwarm ? 'host' : '127.0.0.1'))).toEqual([]);
  });

  it('can use the socket of Docker only if it is the socket proxy', () => {
    const hasSocket = (service.volumes ?? []).some(({ source }) => source.includes('docker.sock'));
    expect(hasSocket).toBe(name === 'socket-proxy');
  });
});

describe.each([COMPOSE, STACK])('%s', (path) => {
  const service = getService(path, 'docker-stats-api');
  const proxy = getService(path, 'socket-proxy');

  it('sets only settings that exist, and DOCKER_HOST', () => {
    const names = Object.keys(service.environment ?? {});
    expect(names).toContain('API_KEYS_FILE');
    expect(names.filter((name) => name !== 'DOCKER_HOST' && !(name in DEFAULTS))).toEqual([]);
  });

  it('mounts the keys where API_KEYS_FILE expects them', () => {
    const [secret] = service.secrets ?? [];
    const target = typeof secret === 'string' ? secret : secret?.target;
    expect(service.environment?.['API_KEYS_FILE']).toBe(`/run/secrets/${target}`);
  });

  it('lets the service stop in its own time', () => {
    const ownMs = Number(DEFAULTS['SHUTDOWN_TIMEOUT_MS']) + Number(DEFAULTS['DOCKER_KILL_GRACE_MS']);
    expect(readNumber(service.stop_grace_period) * 1000).toBeGreaterThan(ownMs);
  });

  it('allows as many open files as the connections need', () => {
    expect(service.ulimits?.nofile).toBeGreaterThan(Number(DEFAULTS['CONNECTIONS_MAX']) + 64);
    const [, connections] = /^ +maxconn (\d+)$/m.exec(PROXY_CONFIG) ?? [];
    expect(proxy.ulimits?.nofile).toBeGreaterThan(2 * Number(connections));
  });

  it('shares the socket of the proxy with the service, in a folder that only they can open', () => {
    const [, socket = ''] = /^ +presetenv PROXY_SOCKET (\S+)$/m.exec(PROXY_CONFIG) ?? [];
    expect(service.environment?.['DOCKER_HOST']).toBe(`unix://${socket}`);
    const [own, shared] = [service, proxy].map(({ volumes = [] }) =>
      volumes.find(({ target }) => target === dirname(socket)),
    );
    expect(own).toMatchObject({ type: 'volume', source: 'proxy-socket', read_only: true });
    expect(shared).toEqual({ type: 'volume', source: 'proxy-socket', target: dirname(socket) });

    // The service opens the folder as its owner or as a member of its group, and the socket, which has the mode 660, too.
    const [proxyUser, proxyGroup] = proxy.user.split(':');
    const isOwner = service.user.startsWith(`${proxyUser}:`);
    const isMember = service.user.endsWith(`:${proxyGroup}`);
    expect([isOwner, isMember]).toContain(true);
    expect(readComposeFile(path).volumes['proxy-socket']?.driver_opts.o.split(',')).toEqual([
      `uid=${proxyUser}`,
      ...(isOwner ? ['mode=0700'] : [`gid=${proxyGroup}`, 'mode=0750']),
      'size=1m',
    ]);
  });

  it('gives the proxy no network, or in a swarm one without other containers and without a way out', () => {
    const isInSwarm = path === STACK;
    expect([proxy.network_mode, proxy.networks]).toEqual(
      isInSwarm ? [undefined, ['proxy']] : ['none', undefined],
    );
    const { networks } = readComposeFile(path);
    expect(networks).toEqual(isInSwarm ? { proxy: { internal: true } } : undefined);
    expect([service.networks, proxy.ports]).toEqual([undefined, undefined]);
  });

  it('uses the configuration of deploy/socket-proxy', () => {
    const target = '/usr/local/etc/haproxy/haproxy.cfg'; // where the image expects it
    const mount = proxy.volumes?.find((volume) => volume.target === target);
    const config = proxy.configs?.find((other) => other.target === target);
    const source = mount?.source ?? readComposeFile(path).configs?.[config?.source ?? '']?.file;
    expect(source).toBe('../socket-proxy/haproxy.cfg');
  });
});

describe('The versions of the images', () => {
  it('are the version of package.json, one version of HAProxy and one of Prometheus', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    const images = [getService(COMPOSE, 'docker-stats-api').image, getService(FLEET, 'fleet').image];
    expect(images).toEqual(images.map(() => `docker-stats-api:${version}`));
    expect(getService(STACK, 'socket-proxy').image).toBe(getService(COMPOSE, 'socket-proxy').image);
    expect(getService(FLEET, 'prometheus').image).toBe(getService(MONITORING, 'prometheus').image);
  });
});
