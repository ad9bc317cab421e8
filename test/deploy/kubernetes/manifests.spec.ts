import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { build, buildWith, KUBERNETES } from '../../support/kubernetes/kustomize.js';
import {
  findContainer,
  findObject,
  findPod,
  type KubernetesObject,
} from '../../support/kubernetes/manifest.js';
import { validate } from '../../support/kubernetes/schemas.js';
import { KUBECTLS, NO_KUBECTL } from '../../support/vitest/docker-availability.js';

const SERVICE_KINDS = ['ConfigMap', 'DaemonSet', 'Namespace', 'NetworkPolicy', 'Service', 'ServiceAccount'];
const RUNNER_KINDS = ['ConfigMap', 'Deployment', 'Namespace', 'NetworkPolicy', 'ServiceAccount'];
const TLS_KINDS = ['Certificate', 'Issuer'];

/** Every combination: the resource, its components, and the kinds of its objects. */
const COMBINATIONS: [string, string[], string[]][] = [
  ['base', [], SERVICE_KINDS],
  ['base', ['pod-monitor'], [...SERVICE_KINDS, 'PodMonitor']],
  ['base', ['cert-manager-tls'], [...SERVICE_KINDS, ...TLS_KINDS]],
  ['base', ['pod-monitor', 'cert-manager-tls'], [...SERVICE_KINDS, 'PodMonitor', ...TLS_KINDS]],
  ['overlays/ci-runner', [], RUNNER_KINDS],
  ['overlays/ci-runner', ['pod-monitor'], [...RUNNER_KINDS, 'PodMonitor']],
  ['overlays/ci-runner', ['cert-manager-tls'], [...RUNNER_KINDS, ...TLS_KINDS]],
  ['overlays/ci-runner', ['pod-monitor', 'cert-manager-tls'], [...RUNNER_KINDS, 'PodMonitor', ...TLS_KINDS]],
];

/** Reads the `kustomization.yaml` that `deploy/kubernetes/README.md` shows, without its paths. */
function readUserFields(): object {
  const readme = readFileSync(`${KUBERNETES}/README.md`, 'utf8');
  const [, block = ''] = /```yaml\n(.*?)```/s.exec(readme) ?? [];
  const { images, patches } = parse(block) as { images: object[]; patches: object[] };
  return { images, patches };
}

/** Changes an object as a typing error in a manifest would. */
const MISTAKES: [string, string, (object: object) => object][] = [
  ['an unknown field', 'DaemonSet', (object) => ({ ...object, sepc: {} })],
  [
    'a misspelled field of a probe',
    'DaemonSet',
    (object) => edit(object, '"periodSeconds":5', '"periodSecond":5'),
  ],
  [
    'text instead of a number',
    'DaemonSet',
    (object) => edit(object, '"periodSeconds":5', '"periodSeconds":"5"'),
  ],
  ['a quantity with a wrong unit', 'DaemonSet', (object) => edit(object, '"512Mi"', '"512MB"')],
  ['a misspelled field', 'NetworkPolicy', (object) => edit(object, '"policyTypes"', '"policyType"')],
  ['a misspelled field', 'PodMonitor', (object) => edit(object, '"scrapeTimeout"', '"timeout"')],
  ['a missing field', 'Certificate', (object) => edit(object, '"secretName"', '"secret"')],
];

function edit(object: object, from: string, to: string): object {
  const text = JSON.stringify(object);
  const edited = text.replaceAll(from, to);
  if (edited === text) throw new Error(`${from} is not in ${text}`);
  return JSON.parse(edited) as object;
}

function listKinds(objects: readonly KubernetesObject[]): string[] {
  return objects.map(({ kind }) => kind).toSorted();
}

describe.skipIf(NO_KUBECTL).each(KUBECTLS)('Manifests for Kubernetes, built by %s', (kubectl) => {
  it.each(['base', 'overlays/ci-runner'])('%s is a kustomization of its own', async (resource) => {
    expect(await build(kubectl, `${KUBERNETES}/${resource}`)).toEqual(await buildWith(kubectl, resource, []));
  });

  it.each(COMBINATIONS)(
    '%s with the components %j has only valid objects',
    async (resource, components, kinds) => {
      const objects = await buildWith(kubectl, resource, components);
      expect(listKinds(objects)).toEqual(kinds.toSorted());
      expect(objects.flatMap(validate)).toEqual([]);
    },
  );

  it('use the image and the group of the socket that the kustomization of the README sets', async () => {
    const objects = await buildWith(kubectl, 'base', ['pod-monitor', 'cert-manager-tls'], readUserFields());
    const pod = findPod(objects);
    expect(findContainer(pod, 'docker-stats-api').image).toBe('registry.example.org/docker-stats-api:0.1.0');
    expect(pod.securityContext).toMatchObject({ supplementalGroups: [998] });
    expect(objects.flatMap(validate)).toEqual([]);
  });

  it('have all their objects in the namespace that a user sets', async () => {
    const objects = await buildWith(kubectl, 'base', ['pod-monitor', 'cert-manager-tls'], {
      namespace: 'other',
    });
    const [[namespace], others] = [
      objects.filter(({ kind }) => kind === 'Namespace'),
      objects.filter(({ kind }) => kind !== 'Namespace'),
    ];
    expect(namespace?.metadata.name).toBe('other');
    expect(new Set(others.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['other']));
  });

  it('contain the configuration of the socket proxy, and start new pods when it changes', async () => {
    const objects = await buildWith(kubectl, 'base', []);
    const { metadata, data } = findObject(objects, 'ConfigMap');
    expect(data).toEqual({ 'haproxy.cfg': readFileSync('deploy/socket-proxy/haproxy.cfg', 'utf8') });
    expect(metadata.name).toMatch(/^docker-stats-socket-proxy-[a-z0-9]{10}$/);
    expect(findPod(objects).volumes).toContainEqual({
      name: 'proxy-config',
      configMap: { name: metadata.name },
    });
  });
});

describe.skipIf(NO_KUBECTL)('The schemas of Kubernetes', () => {
  let objects: KubernetesObject[];
  beforeAll(async () => {
    objects = await buildWith(KUBECTLS[0], 'base', ['pod-monitor', 'cert-manager-tls']);
  });

  it.each(MISTAKES)('reject %s in a %s', (_what, kind, change) => {
    expect(validate(change(findObject(objects, kind)) as KubernetesObject)).not.toEqual([]);
  });

  it('reject an object of an unknown kind', () => {
    expect(validate({ apiVersion: 'apps/v1beta9', kind: 'DaemonSet', metadata: { name: 'x' } })).toEqual([
      'no schema for apps/v1beta9/DaemonSet',
    ]);
  });
});
