import type { ParameterObject } from './openapi-types.js';

/** `Cache-Control` of a request. */
export const FRESHNESS_HEADER = describeRequestHeader(
  'Cache-Control',
  'How fresh the sample must be (RFC 9111). `no-cache`: wait for a sample that ends after this request arrived. ' +
    '`max-age=N`: at most N seconds old. `max-stale=N`: if there is no such sample, one that is up to N seconds older, at ' +
    'once; a new one is then taken for later requests. `only-if-cached`: `504` instead of waiting. Default: at most ' +
    '`STATS_MAX_AGE_MS` old.',
  ['no-cache', 'max-age=1', 'max-stale=60'],
);

/** The examples are in the schema, because Swagger UI would send the example of a parameter without being asked. */
export function describeRequestHeader(
  name: string,
  description: string,
  examples: string[],
): ParameterObject {
  return { name, in: 'header', description, schema: { type: 'string', examples } };
}
