import type { ContentObject, ReferenceObject, SchemaObject } from './openapi-types.js';

/** Refers to a schema of the document. */
export function getSchemaRef(name: string): ReferenceObject {
  return { $ref: `#/components/schemas/${name}` };
}

/** Creates the schema of an object that has exactly these properties; those in `optional` may be missing. */
export function createObjectSchema(
  properties: Readonly<Record<string, SchemaObject | ReferenceObject>>,
  optional: readonly string[] = [],
): SchemaObject {
  return {
    type: 'object',
    properties: { ...properties },
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    additionalProperties: false,
  };
}

/** Creates JSON content with a schema of the document and named examples. */
export function createJsonContent(
  schemaName: string,
  examples: Readonly<Record<string, unknown>>,
): ContentObject {
  return { 'application/json': { schema: getSchemaRef(schemaName), examples: createExamples(examples) } };
}

export function createExamples(
  values: Readonly<Record<string, unknown>>,
): Record<string, { value: unknown }> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
}
