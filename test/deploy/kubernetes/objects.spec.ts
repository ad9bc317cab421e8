import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findContainer, findMount, findObject, readEnv } from '../../support/kubernetes/manifest.js';
import { NO_KUBECTL } from '../../support/vitest/docker-availability.js';
import { readBuilt } from './built.js';

describe.skipIf(NO_KUBECTL)('The objects of the base', () => {
  it('mount only the socket of the host, whose namespace allows it', async () => {
    const { objects, pod } = await readBuilt('base');
    expect(pod.volumes.flatMap(({ hostPath }) => hostPath ?? [])).toEqual([
      { path: '/var/run/docker.sock', type: 'Socket' },
    ]);
    expect(findObject(objects, 'Namespace').metadata.labels).toEqual({
      'pod-security.kubernetes.io/enforce': 'privileged',
    });
  });

  it('allow connections from labelled clients to the port of the service, and none to the outside', async () => {
    const { objects } = await readBuilt('base');
    const matchLabels = { 'docker-stats-api/client': 'true' };
    expect(findObject(objects, 'NetworkPolicy').spec).toMatchObject({
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels } }, { podSelector: { matchLabels } }],
          ports: [{ protocol: 'TCP', port: 'http' }],
        },
      ],
      egress: [],
    });
  });

  it('select the pods by a label that the pods have', async () => {
    const { objects } = await readBuilt('base', ['pod-monitor']);
    const labels = { 'app.kubernetes.io/name': 'docker-stats-api' };
    expect(findObject(objects, 'DaemonSet').spec).toMatchObject({
      selector: { matchLabels: labels },
      template: { metadata: { labels } },
    });
    expect(findObject(objects, 'Service').spec).toMatchObject({ selector: labels });
    expect(findObject(objects, 'NetworkPolicy').spec).toMatchObject({ podSelector: { matchLabels: labels } });
    expect(findObject(objects, 'PodMonitor').spec).toMatchObject({ selector: { matchLabels: labels } });
  });

  it('never contain a key', async () => {
    const { objects } = await readBuilt('base', ['pod-monitor', 'cert-manager-tls']);
    expect(objects.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });
});

describe.skipIf(NO_KUBECTL)('The components together', () => {
  it('make Prometheus verify a certificate that has this name', async () => {
    const { objects } = await readBuilt('base', ['pod-monitor', 'cert-manager-tls']);
    const certificate = findObject(objects, 'Certificate').spec as { dnsNames: string[]; secretName: string };
    const { podMetricsEndpoints } = findObject(objects, 'PodMonitor').spec as {
      podMetricsEndpoints: object[];
    };
    expect(podMetricsEndpoints).toMatchObject([
      {
        port: 'http',
        path: '/metrics',
        scheme: 'https',
        tlsConfig: {
          ca: { secret: { name: certificate.secretName, key: 'ca.crt' } },
          serverName: certificate.dnsNames[0],
        },
      },
    ]);
    const { namespace = '', name } = findObject(objects, 'Service').metadata;
    expect(certificate.dnsNames).toEqual([
      name,
      `${name}.${namespace}.svc`,
      `${name}.${namespace}.svc.cluster.local`,
    ]);
  });

  it('keep the job name that the alerts of Prometheus need', async () => {
    const { objects } = await readBuilt('base', ['pod-monitor']);
    const { jobLabel } = findObject(objects, 'PodMonitor').spec as { jobLabel: string };
    const job = findObject(objects, 'DaemonSet').metadata.labels?.[jobLabel] ?? 'none';
    expect(readFileSync('deploy/prometheus/rules.yml', 'utf8')).toContain(`job="${job}"`);
  });
});

describe.skipIf(NO_KUBECTL)('The runner', () => {
  it('is the only privileged container, and shares the socket of its engine with the proxy', async () => {
    const built = await readBuilt('overlays/ci-runner');
    const dind = findContainer(built.pod, 'dind');
    const privileged = built.pod.containers.filter(
      ({ securityContext = {} }) => 'privileged' in securityContext,
    );
    expect(privileged).toEqual([dind]);
    expect(built.pod.volumes.flatMap(({ hostPath }) => hostPath ?? [])).toEqual([]);
    const socket = readEnv(built.proxy)['DOCKER_SOCKET'] ?? '';
    const group = (built.pod.securityContext['supplementalGroups'] as number[])[0];
    expect(Reflect.get(dind, 'args')).toEqual(['dockerd', `--host=unix://${socket}`, `--group=${group}`]);
    expect(findMount(built.pod, dind, socket).volume).toEqual(
      findMount(built.pod, built.proxy, socket).volume,
    );
  });

  it('may pull images: only its incoming connections are restricted', async () => {
    const { objects } = await readBuilt('overlays/ci-runner');
    const policy = findObject(objects, 'NetworkPolicy').spec as object;
    expect(policy).toMatchObject({ policyTypes: ['Ingress'] });
    expect(policy).not.toHaveProperty('egress');
  });
});
