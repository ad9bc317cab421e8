import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments, stringify } from 'yaml';
import type { KubernetesObject } from './manifest.js';

const run = promisify(execFile);

export const KUBERNETES = 'deploy/kubernetes';

/** Builds a kustomization. Returns its objects. */
export async function build(kubectl: string, folder: string): Promise<KubernetesObject[]> {
  const { stdout, stderr } = await run(kubectl, ['kustomize', folder]);
  // kustomize warns on stderr, for example about deprecated fields.
  if (stderr !== '') throw new Error(stderr);
  return parseAllDocuments(stdout).map((document) => document.toJS() as KubernetesObject);
}

/** Builds a kustomization as a user writes it, in a folder of its own: with these fields, and paths in `deploy/kubernetes`. */
export async function buildWith(
  kubectl: string,
  resource: string,
  components: readonly string[],
  fields: object = {},
): Promise<KubernetesObject[]> {
  const folder = mkdtempSync(join(tmpdir(), 'kustomization-'));
  const toPath = (path: string): string => relative(folder, resolve(KUBERNETES, path));
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    ...fields,
    resources: [toPath(resource)],
    components: components.map((name) => toPath(`components/${name}`)),
  };
  writeFileSync(join(folder, 'kustomization.yaml'), stringify(kustomization));
  try {
    return await build(kubectl, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
