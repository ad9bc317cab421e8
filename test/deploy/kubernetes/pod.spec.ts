import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Container, findMount, readEnv } from '../../support/kubernetes/manifest.js';
import { readDocumentedSettings } from '../../support/service/documented-settings.js';
import { NO_KUBECTL } from '../../support/vitest/docker-availability.js';
import { type Built, readBuilt } from './built.js';

/** The variables of docker, which are not settings of the service. */
const DOCKER_VARIABLES = new Set(['DOCKER_HOST']);

const defaults = Object.fromEntries(readDocumentedSettings().map(({ name, fallback }) => [name, fallback]));
const readDefaultMs = (name: string): number => Number(defaults[name]);

/** What the level `restricted` of Kubernetes demands of a container, and a read-only file system. */
const HARDENING = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

function listVolumes({ volumeMounts }: Container): string[] {
  return volumeMounts.map(({ name }) => name).toSorted();
}

/** Every file and socket that a container is told to use, by the volume that it is in. */
function findUsedVolumes({ pod }: Built, container: Container): Record<string, string> {
  const paths = Object.entries(readEnv(container)).map(([name, value]) => [
    name,
    value.replace('unix://', ''),
  ]);
  return Object.fromEntries(
    paths.map(([name = '', path = '']) => {
      const { volume, rest } = findMount(pod, container, path);
      return [name, `${volume.name}/${rest}`];
    }),
  );
}

describe.skipIf(NO_KUBECTL).each(['base', 'overlays/ci-runner'])('The pod of %s', (resource) => {
  it('runs both containers as the level restricted demands, with a read-only file system', async () => {
    const { pod, service, proxy } = await readBuilt(resource, ['cert-manager-tls']);
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65532,
        runAsGroup: 65532,
        seccompProfile: { type: 'RuntimeDefault' },
      },
    });
    expect(pod).not.toHaveProperty('hostNetwork');
    expect(pod).not.toHaveProperty('hostPID');
    expect(service.securityContext).toEqual(HARDENING);
    expect(proxy.securityContext).toEqual({ ...HARDENING, runAsUser: 99 });
    for (const { resources } of [service, proxy]) {
      expect(Object.keys(resources?.requests ?? {})).toEqual(['cpu', 'memory']);
      expect(Object.keys(resources?.limits ?? {})).toEqual(['cpu', 'memory']);
    }
  });

  it('gives the socket of Docker to the proxy, and not to the service', async () => {
    const { service, proxy } = await readBuilt(resource);
    expect(listVolumes(service)).toEqual(['keys', 'proxy-socket']);
    expect(listVolumes(proxy)).toEqual(['docker-socket', 'proxy-config', 'proxy-socket']);
  });

  it('lets the service connect to the socket of the proxy, but not replace it', async () => {
    const { pod, service, proxy } = await readBuilt(resource);
    const [, socket = ''] =
      /presetenv PROXY_SOCKET (\S+)/.exec(readFileSync('deploy/socket-proxy/haproxy.cfg', 'utf8')) ?? [];
    expect(readEnv(service)['DOCKER_HOST']).toBe(`unix://${socket}`);
    expect(findMount(pod, service, socket)).toMatchObject({
      volume: { name: 'proxy-socket' },
      readOnly: true,
    });
    expect(findMount(pod, proxy, socket)).toMatchObject({
      volume: { name: 'proxy-socket' },
      readOnly: false,
    });
    expect(proxy.command?.slice(0, 2)).toEqual(['haproxy', '-f']);
    expect(findMount(pod, proxy, proxy.command?.[2] ?? '')).toMatchObject({
      volume: { name: 'proxy-config' },
      rest: 'haproxy.cfg',
    });
  });

  it('mounts secrets as folders, because Kubernetes never updates single files', async () => {
    const { service } = await readBuilt(resource, ['cert-manager-tls']);
    expect(service.volumeMounts.filter(({ subPath }) => subPath !== undefined)).toEqual([]);
  });

  it('sets only settings that exist, to files that are mounted', async () => {
    const built = await readBuilt(resource, ['cert-manager-tls']);
    expect(
      Object.keys(readEnv(built.service)).filter(
        (name) => !(name in defaults) && !DOCKER_VARIABLES.has(name),
      ),
    ).toEqual([]);
    expect(findUsedVolumes(built, built.service)).toEqual({
      API_KEYS_FILE: 'keys/keys.txt',
      DOCKER_HOST: 'proxy-socket/docker.sock',
      TLS_CERT_FILE: 'tls/tls.crt',
      TLS_KEY_FILE: 'tls/tls.key',
    });
  });

  it('runs the version of this repository on the default port', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    const { service } = await readBuilt(resource);
    expect(service.image).toBe(`docker-stats-api:${version}`);
    expect(service.ports).toEqual([{ name: 'http', containerPort: Number(defaults['PORT']) }]);
  });

  it.each([
    [[], undefined],
    [['cert-manager-tls'], 'HTTPS'],
  ])('with the components %j has probes of the scheme %s', async (components, scheme) => {
    const { service } = await readBuilt(resource, components);
    const probes = [service.startupProbe, service.livenessProbe, service.readinessProbe];
    expect(probes.map((probe) => probe?.httpGet)).toEqual(
      ['/health/live', '/health/live', '/health/ready'].map((path) => ({
        path,
        port: 'http',
        ...(scheme !== undefined && { scheme }),
      })),
    );
  });

  it('has probe timeouts and a grace period that are longer than those of the service', async () => {
    const { pod, service } = await readBuilt(resource);
    const { timeoutSeconds = 1, periodSeconds = 10 } = service.readinessProbe ?? {};
    expect(timeoutSeconds * 1000).toBeGreaterThan(readDefaultMs('HEALTH_TIMEOUT_MS'));
    expect(periodSeconds * 1000).toBeGreaterThan(readDefaultMs('HEALTH_CACHE_MS'));
    expect(pod.terminationGracePeriodSeconds * 1000).toBeGreaterThan(
      readDefaultMs('SHUTDOWN_TIMEOUT_MS') + readDefaultMs('DOCKER_KILL_GRACE_MS'),
    );
  });
});
