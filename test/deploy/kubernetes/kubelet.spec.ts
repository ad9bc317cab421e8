import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { DockerEngine } from '../../support/engines/docker-engine.js';
import { CertificateAuthority } from '../../support/files/certificates.js';
import { TemporaryFolder } from '../../support/files/temporary-folder.js';
import { ScriptedServer } from '../../support/http/scripted-server.js';
import { Kubelet, PROBE_DEFAULTS } from '../../support/kubernetes/kubelet.js';
import { buildWith } from '../../support/kubernetes/kustomize.js';
import { findContainer, findPod, readEnv } from '../../support/kubernetes/manifest.js';
import { readDocumentedSettings } from '../../support/service/documented-settings.js';
import { type ServiceProcess, startService } from '../../support/service/service-process.js';
import { KUBECTLS, NO_KUBECTL, NO_SOCKET_PROXY } from '../../support/vitest/docker-availability.js';
import { SocketProxy } from '../../support/engines/socket-proxy.js';
import { createKey } from './key-command.js';

const README = readFileSync('deploy/kubernetes/README.md', 'utf8');
const defaults = new Map(
  readDocumentedSettings().map(({ name, fallback }) => [name, Number(fallback) / 1000]),
);
const CACHE_SECONDS = defaults.get('HEALTH_CACHE_MS') ?? NaN;
const CHECK_SECONDS = defaults.get('HEALTH_TIMEOUT_MS') ?? NaN;

interface RunningPod {
  readonly service: ServiceProcess;
  readonly kubelet: Kubelet;
  readonly url: string;
  readonly key: string;
  /** The longest times, in seconds, that the numbers of the probes allow. */
  readonly limits: {
    readonly start: number;
    readonly notReady: number;
    readonly ready: number;
    readonly stop: number;
  };
}

async function waitUntil(isTrue: () => boolean, seconds: number): Promise<void> {
  await expect.poll(isTrue, { timeout: seconds * 1000, interval: 50 }).toBe(true);
}

describe.skipIf(NO_KUBECTL ?? NO_SOCKET_PROXY)('The kubelet, with the probes of the manifest', () => {
  let engine: DockerEngine;
  let proxy: SocketProxy;

  beforeAll(async () => {
    engine = new DockerEngine();
    proxy = new SocketProxy(engine.host);
    await Promise.all([engine.start(), proxy.start()]);
    await engine.runContainer('web', 'sleep 1000');
  });
  afterAll(async () => {
    await proxy.destroy();
    await engine.destroy();
  });

  /** Starts the service with the variables and the secrets of the manifest, and probes it. */
  async function startPod(
    components: readonly string[] = [],
    tls: Record<string, string> = {},
  ): Promise<RunningPod> {
    const pod = findPod(await buildWith(KUBECTLS[0], 'base', components));
    const container = findContainer(pod, 'docker-stats-api');
    const { key, keysFile } = await createKey();
    const folder = new TemporaryFolder();
    folder.mount({ 'keys.txt': keysFile, ...tls });
    const files = Object.entries(readEnv(container)).map(([name, path]) => [
      name,
      path.replace(/^\/run\/secrets\/[\w-]+/, folder.path),
    ]);
    const service = startService({
      ...(Object.fromEntries(files) as Record<string, string>),
      DOCKER_HOST: proxy.host,
      NODE_ENV: 'production',
    });
    const url = await service.waitForUrl();
    const kubelet = new Kubelet(container, url);
    onTestFinished(() => kubelet.stop());
    const startup = { ...PROBE_DEFAULTS, ...container.startupProbe };
    const { periodSeconds, timeoutSeconds, failureThreshold, successThreshold } = {
      ...PROBE_DEFAULTS,
      ...container.readinessProbe,
    };
    const limits = {
      start: startup.periodSeconds * startup.failureThreshold,
      notReady: periodSeconds * failureThreshold + timeoutSeconds + CACHE_SECONDS,
      // A check that began before Docker returned may still fail, and is then cached.
      ready: periodSeconds * successThreshold + timeoutSeconds + CHECK_SECONDS + CACHE_SECONDS,
      stop: pod.terminationGracePeriodSeconds,
    };
    return { service, kubelet, url, key, limits };
  }

  it('starts the pod, and finds it ready in the time of the startup probe', async () => {
    const { kubelet, url, key, limits } = await startPod();
    await waitUntil(() => kubelet.isTrue('startup'), limits.start);
    await waitUntil(() => kubelet.isTrue('readiness'), limits.ready);
    const response = await fetch(`${url}/stats`, { headers: { 'X-API-Key': key } });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject([{ name: 'web' }]);
    expect(kubelet.failures).toMatchObject({ startup: 0, liveness: 0, readiness: 0 });
  });

  it.each([
    ['stops', () => engine.stop(), () => engine.start()],
    [
      'hangs',
      () => Promise.resolve(engine.signal('SIGSTOP')),
      () => Promise.resolve(engine.signal('SIGCONT')),
    ],
  ])(
    'never restarts the pod while Docker %s, and takes it from the Service in time',
    async (_what, fail, recover) => {
      const { service, kubelet, limits } = await startPod();
      await waitUntil(() => kubelet.isTrue('readiness'), limits.ready);

      await fail();
      const before = kubelet.requests.liveness;
      await waitUntil(() => !kubelet.isTrue('readiness'), limits.notReady);
      await waitUntil(() => kubelet.requests.liveness > before, 30);
      expect(kubelet.isTrue('readiness')).toBe(false);

      await recover();
      await waitUntil(() => kubelet.isTrue('readiness'), limits.ready);
      expect(kubelet.isTrue('liveness')).toBe(true);
      expect(kubelet.failures.liveness).toBe(0);

      const stoppedAt = performance.now();
      service.kill('SIGTERM');
      expect(await service.exitCode).toBe(0);
      expect(performance.now() - stoppedAt).toBeLessThan(limits.stop * 1000);
    },
  );

  it('probes HTTPS with the component cert-manager-tls', async () => {
    const { cert, key: privateKey } = new CertificateAuthority().issue('docker-stats-api');
    const { kubelet, url, limits } = await startPod(['cert-manager-tls'], {
      'tls.crt': cert,
      'tls.key': privateKey,
    });
    expect(url).toMatch(/^https:/);
    await waitUntil(() => kubelet.isTrue('startup') && kubelet.isTrue('readiness'), limits.ready);
    expect(kubelet.failures).toEqual({ startup: 0, liveness: 0, readiness: 0 });
  });

  it('needs at most the times that the README says', async () => {
    const { limits } = await startPod();
    expect(README).toContain(`the service has ${limits.start} s to start`);
    expect(README).toContain(`not ready at most ${limits.notReady} s after Docker stops or hangs`);
    expect(README).toContain(`ready at most ${limits.ready} s after it returns`);
  });

  it('is simulated so that a service that does not respond is restarted', async () => {
    const server = await ScriptedServer.start(() => undefined);
    const probe = { httpGet: { path: '/health/live', port: 'http' }, periodSeconds: 1, timeoutSeconds: 1 };
    const container = { name: 'silent', image: 'silent', volumeMounts: [] };
    const kubelet = new Kubelet(
      { ...container, livenessProbe: { ...probe, failureThreshold: 2 } },
      server.url,
    );
    onTestFinished(() => kubelet.stop());
    await waitUntil(() => !kubelet.isTrue('liveness'), 5);
    expect(kubelet.failures.liveness).toBe(2);
  });
});

describe('The command of the README that creates a key', () => {
  it('stores the digest of the key that it prints', async () => {
    const { key, command, keysFile } = await createKey();
    expect(key).toMatch(/^[0-9a-f]{48}$/);
    expect(command).toBe('--namespace docker-stats create secret generic docker-stats-api-keys');
    expect(keysFile).toMatch(/^me:sha256:[0-9a-f]{64}$/);
    expect(keysFile).not.toContain(key);
  });
});
