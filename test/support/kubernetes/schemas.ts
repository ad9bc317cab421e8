import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import type { KubernetesObject } from './manifest.js';

interface Schemas {
  /** By `apiVersion/kind`. */
  readonly kinds: Readonly<Record<string, object>>;
  readonly definitions: object;
}

const { kinds, definitions } = JSON.parse(
  readFileSync('test/fixtures/kubernetes/schemas.json', 'utf8'),
) as Schemas;

const ajv = new Ajv({ allErrors: true, strict: true, strictTypes: false });
addFormats.default(ajv);
/** A quantity such as `100m` or `512Mi`, as Kubernetes defines it. */
ajv.addFormat('quantity', /^[+-]?(?:\d+|\d+\.\d*|\.\d+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/);

/** Validates an object against the schema of its kind. Returns what is wrong with it. */
export function validate(object: KubernetesObject): string[] {
  const key = `${object.apiVersion}/${object.kind}`;
  const schema = kinds[key];
  if (schema === undefined) return [`no schema for ${key}`];
  const isValid = ajv.compile({ ...schema, definitions });
  if (isValid(object)) return [];
  return (isValid.errors ?? []).map(
    ({ instancePath, message = '', params }) => `${key}${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
