import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import { default as addFormats } from 'ajv-formats';

const run = promisify(execFile);

/** The fields used of a bill of materials in the format CycloneDX. */
export interface Sbom {
  readonly metadata: { readonly component: object };
  readonly components: readonly {
    readonly 'bom-ref': string;
    readonly hashes?: readonly { readonly alg: string }[];
  }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** The output of `npm ls`. */
interface ListedPackage {
  readonly version?: string;
  readonly dependencies?: Record<string, ListedPackage>;
}

const SCHEMAS = 'node_modules/@cyclonedx/cyclonedx-library/res/schema';

const readSchema = (name: string): object => JSON.parse(readFileSync(`${SCHEMAS}/${name}`, 'utf8')) as object;

/** Validates a document with the schema of CycloneDX 1.5. Returns the errors. */
export function cyclonedxErrors(document: unknown): readonly unknown[] {
  const ajv = new Ajv({ strict: false });
  addFormats.default(ajv, ['date-time', 'email', 'uri']);
  ajv.addFormat('idn-email', true).addFormat('iri-reference', true);
  for (const name of ['spdx.SNAPSHOT.schema.json', 'jsf-0.82.SNAPSHOT.schema.json'])
    ajv.addSchema(readSchema(name), `http://cyclonedx.org/schema/${name}`); // the name that the main schema refers to
  const validate = ajv.compile(readSchema('bom-1.5.SNAPSHOT.schema.json'));
  validate(document);
  return validate.errors ?? [];
}

/** Returns the production dependencies in a lockfile as `name@version`, sorted, without the workspaces. */
export async function listProductionPackages(checkout: string): Promise<string[]> {
  const args = ['ls', '--all', '--omit', 'dev', '--json', '--package-lock-only', '--no-workspaces'];
  const { stdout } = await run('npm', args, { cwd: checkout, maxBuffer: 2 ** 26 });
  return [...new Set(flatten(JSON.parse(stdout) as ListedPackage))].toSorted();
}

/** An optional dependency that is not installed has no version. */
function flatten({ dependencies = {} }: ListedPackage): string[] {
  return Object.entries(dependencies).flatMap(([name, listed]) =>
    listed.version === undefined ? [] : [`${name}@${listed.version}`, ...flatten(listed)],
  );
}
