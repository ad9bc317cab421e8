/** An object of Kubernetes, with the fields that the tests read. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: unknown;
}

/** The fields of a probe that decide when the kubelet sends it, and what a result means. */
export interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string; readonly scheme?: 'HTTP' | 'HTTPS' };
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly failureThreshold?: number;
  readonly successThreshold?: number;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly resources?: { readonly requests: object; readonly limits: object };
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly volumeMounts: readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly readOnly?: boolean;
    readonly subPath?: string;
  }[];
}

export interface Volume {
  readonly name: string;
  readonly secret?: { readonly secretName: string; readonly defaultMode: number };
  readonly configMap?: { readonly name: string };
  readonly hostPath?: { readonly path: string; readonly type: string };
  readonly emptyDir?: object;
}

export interface PodSpec {
  readonly serviceAccountName: string;
  readonly automountServiceAccountToken: boolean;
  readonly enableServiceLinks: boolean;
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly containers: readonly Container[];
  readonly volumes: readonly Volume[];
}

/** Finds the only object of a kind. */
export function findObject(objects: readonly KubernetesObject[], kind: string): KubernetesObject {
  const found = objects.filter((object) => object.kind === kind);
  const [object] = found;
  if (object === undefined || found.length > 1) throw new Error(`${found.length} objects of kind ${kind}`);
  return object;
}

/** Returns the pod of the DaemonSet or the Deployment. */
export function findPod(objects: readonly KubernetesObject[]): PodSpec {
  const kind = objects.some((object) => object.kind === 'DaemonSet') ? 'DaemonSet' : 'Deployment';
  return (findObject(objects, kind).spec as { template: { spec: PodSpec } }).template.spec;
}

export function findContainer({ containers }: PodSpec, name: string): Container {
  const container = containers.find((candidate) => candidate.name === name);
  if (container === undefined) throw new Error(`no container ${name}`);
  return container;
}

/** Returns the volume that a container mounts at a path or above it, and the rest of the path. */
export function findMount(
  pod: PodSpec,
  container: Container,
  path: string,
): { readonly volume: Volume; readonly rest: string; readonly readOnly: boolean } {
  const mount = container.volumeMounts.find(
    ({ mountPath }) => path === mountPath || path.startsWith(`${mountPath}/`),
  );
  const volume = pod.volumes.find(({ name }) => name === mount?.name);
  if (mount === undefined || volume === undefined)
    throw new Error(`${container.name} mounts nothing at ${path}`);
  return { volume, rest: path.slice(mount.mountPath.length + 1), readOnly: mount.readOnly ?? false };
}

export function readEnv({ env = [] }: Container): Record<string, string> {
  return Object.fromEntries(env.map(({ name, value }) => [name, value]));
}
