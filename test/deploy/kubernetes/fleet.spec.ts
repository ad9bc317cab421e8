import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { readDefaults } from '../../../src/config/files/defaults-file.js';
import { getService, MONITORING } from '../../support/compose/compose-files.js';
import { buildWith } from '../../support/kubernetes/kustomize.js';
import { type KubernetesObject, type PodSpec, readEnv } from '../../support/kubernetes/manifest.js';
import { validate } from '../../support/kubernetes/schemas.js';
import { KUBECTLS, NO_KUBECTL } from '../../support/vitest/docker-availability.js';

const NAMES = ['docker-stats-fleet', 'docker-stats-prometheus'] as const;

/** The number of objects of each kind that the overlay adds to the base. */
const ADDED = {
  ConfigMap: 1,
  Deployment: 2,
  NetworkPolicy: 2,
  PersistentVolumeClaim: 1,
  Role: 1,
  RoleBinding: 1,
  Service: 2,
  ServiceAccount: 1,
};

function countKinds(objects: readonly KubernetesObject[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of objects) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

describe.skipIf(NO_KUBECTL).each(KUBECTLS)('overlays/fleet, built by %s', (kubectl) => {
  let objects: KubernetesObject[];
  let base: KubernetesObject[];

  beforeAll(async () => {
    [objects, base] = (await Promise.all(
      ['overlays/fleet', 'base'].map((resource) => buildWith(kubectl, resource, [])),
    )) as [KubernetesObject[], KubernetesObject[]];
  });

  function find(kind: string, name: string): KubernetesObject {
    const object = objects.find((other) => other.kind === kind && other.metadata.name.startsWith(name));
    if (object === undefined) throw new Error(`no ${kind} ${name}`);
    return object;
  }

  function findTemplate(name: string): { metadata: { labels: object }; spec: PodSpec } {
    return (find('Deployment', name).spec as { template: ReturnType<typeof findTemplate> }).template;
  }

  it('has the objects of the base unchanged, and only valid objects', () => {
    expect(objects).toEqual(expect.arrayContaining(base));
    const expected = countKinds(base);
    for (const [kind, count] of Object.entries(ADDED)) expected[kind] = (expected[kind] ?? 0) + count;
    expect(countKinds(objects)).toEqual(expected);
    expect(objects.flatMap(validate)).toEqual([]);
  });

  it.each(NAMES)('runs %s as the level restricted demands, with a read-only file system', (name) => {
    const { spec } = findTemplate(name);
    expect(spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(spec.containers).toHaveLength(1);
    expect(spec.containers[0]).toMatchObject({
      resources: { requests: { cpu: '100m' }, limits: { memory: expect.stringMatching(/Mi|Gi/) as string } },
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
    });
    expect(spec.volumes.flatMap(({ hostPath }) => hostPath ?? [])).toEqual([]);
  });

  it.each(NAMES)('sends the requests to the Service %s to its pods', (name) => {
    const { selector } = find('Service', name).spec as { selector: object };
    expect(findTemplate(name).metadata.labels).toMatchObject(selector);
    expect(find('NetworkPolicy', name).spec).toMatchObject({ podSelector: { matchLabels: selector } });
  });

  it('gives the fleet instance only settings that exist, and the address of the Service of Prometheus', () => {
    const [container] = findTemplate('docker-stats-fleet').spec.containers;
    const env = container && readEnv(container);
    const defaults = readDefaults('prometheus');
    expect(Object.keys(env ?? {}).filter((name) => !(name in defaults))).toEqual([]);
    const [port] = (find('Service', 'docker-stats-prometheus').spec as { ports: { port: number }[] }).ports;
    expect(env).toMatchObject({
      STATS_SOURCE: 'prometheus',
      PROMETHEUS_URL: `http://docker-stats-prometheus:${port?.port}`,
      API_KEYS_FILE: `${container?.volumeMounts[0]?.mountPath}/keys.txt`,
    });
    const service = base.find(({ kind }) => kind === 'DaemonSet')?.spec as {
      template: { spec: PodSpec };
    };
    expect(container?.image).toBe(service.template.spec.containers[0]?.image);
  });

  it('gives the fleet instance no token of Kubernetes, and lets it connect only to Prometheus and DNS', () => {
    expect(findTemplate('docker-stats-fleet').spec.automountServiceAccountToken).toBe(false);
    const { egress } = find('NetworkPolicy', 'docker-stats-fleet').spec as { egress: { to?: object[] }[] };
    expect(egress.flatMap(({ to = [] }) => to)).toEqual([
      { podSelector: { matchLabels: { 'app.kubernetes.io/name': 'docker-stats-prometheus' } } },
    ]);
    expect(egress.filter(({ to }) => to === undefined)).toEqual([
      { ports: ['UDP', 'TCP'].map((protocol) => ({ protocol, port: 53 })) },
    ]);
  });

  it('gives Prometheus kubernetes.yml, the rules and the key, and lets the pods of the base accept it', () => {
    const { metadata, data } = find('ConfigMap', 'docker-stats-prometheus');
    expect(data).toEqual({
      'prometheus.yml': readFileSync('deploy/prometheus/kubernetes.yml', 'utf8'),
      'rules.yml': readFileSync('deploy/prometheus/rules.yml', 'utf8'),
    });
    const template = findTemplate('docker-stats-prometheus');
    const [, keyFile] = /credentials_file: (\S+)/.exec(data?.['prometheus.yml'] ?? '') ?? [];
    expect(template.spec.volumes).toContainEqual({
      name: 'config',
      projected: {
        sources: [
          { configMap: { name: metadata.name } },
          { secret: { name: 'docker-stats-api-prometheus', items: [{ key: 'key', path: keyFile }] } },
        ],
      },
    });
    expect(template.metadata.labels).toMatchObject({ 'docker-stats-api/client': 'true' });
    expect(template.spec.containers[0]?.image).toBe(getService(MONITORING, 'prometheus').image);
  });

  it('lets Prometheus list the pods of its namespace, and do nothing else', () => {
    expect(Reflect.get(find('Role', 'docker-stats-prometheus'), 'rules')).toEqual([
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
    ]);
    const account = find('ServiceAccount', 'docker-stats-prometheus').metadata;
    expect(Reflect.get(find('RoleBinding', 'docker-stats-prometheus'), 'subjects')).toEqual([
      { kind: 'ServiceAccount', name: account.name, namespace: account.namespace },
    ]);
    expect(findTemplate('docker-stats-prometheus').spec.serviceAccountName).toBe(account.name);
  });
});
