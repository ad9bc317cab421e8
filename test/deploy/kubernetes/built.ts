import { buildWith } from '../../support/kubernetes/kustomize.js';
import {
  type Container,
  findContainer,
  findPod,
  type KubernetesObject,
  type PodSpec,
} from '../../support/kubernetes/manifest.js';
import { KUBECTLS } from '../../support/vitest/docker-availability.js';

/** The objects of a kustomization, and its pod with the two containers that are always there. */
export interface Built {
  readonly objects: KubernetesObject[];
  readonly pod: PodSpec;
  readonly service: Container;
  readonly proxy: Container;
}

/** Builds a kustomization of `deploy/kubernetes` with components. */
export async function readBuilt(resource: string, components: readonly string[] = []): Promise<Built> {
  const objects = await buildWith(KUBECTLS[0], resource, components);
  const pod = findPod(objects);
  return {
    objects,
    pod,
    service: findContainer(pod, 'docker-stats-api'),
    proxy: findContainer(pod, 'socket-proxy'),
  };
}
