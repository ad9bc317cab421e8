import type { ErrorCode } from 'docker-stats-client';
import { SOURCE_ERROR_CODES } from '../src/sampling/stats-source.error.js';
import { createJsonContent } from './builders.js';
import { createErrorExamples } from './errors.js';
import type { HeaderObject, ReferenceObject, ResponseObject, SchemaObject } from './openapi-types.js';

/** All response headers of the service, as components of the document. */
export const HEADERS = {
  Age: createHeader('Age of the sample in seconds (RFC 9111).', { type: 'integer', minimum: 0 }, 1),
  Allow: createHeader('The allowed methods.', { type: 'string' }, 'GET, HEAD, OPTIONS', false),
  'Cache-Control': createHeader(
    'How long a cache may reuse the response (RFC 9111).',
    { type: 'string' },
    'private, max-age=5',
  ),
  'Content-Encoding': createHeader(
    'Present if the body is compressed: for clients that accept gzip, and bodies above 1 KB.',
    { type: 'string', enum: ['gzip'] },
    'gzip',
    false,
  ),
  ETag: createHeader(
    'Identifies this sample in this format. Send it back as `If-None-Match`.',
    { type: 'string', pattern: '^(W/)?"[A-Za-z0-9_-]+"$' },
    '"yc6xXheDE8Prclx7jKGPxO"',
  ),
  Location: createHeader(
    'Target of the redirect, relative to the URL of the request.',
    { type: 'string' },
    'docs',
  ),
  'Retry-After': createHeader(
    'Seconds to wait before the next request.',
    { type: 'integer', minimum: 0 },
    42,
  ),
  Vary: createHeader(
    'The request headers that change the response.',
    { type: 'string' },
    'Accept, Accept-Encoding, Authorization, Origin, X-API-Key',
  ),
  'WWW-Authenticate': createHeader(
    'How to authenticate (RFC 9110). Requests from scripts in a web page do not get `Basic`, because the browser would open a login dialog.',
    { type: 'string' },
    'Bearer realm="docker-stats-api", Basic realm="docker-stats-api", charset="UTF-8"',
  ),
  'X-Request-Id': createHeader(
    'The id of the request. It is also in the log line of the request.',
    { type: 'string', pattern: '^[A-Za-z0-9_.:-]{1,128}$' },
    '73d1519d-f3ae-40eb-965f-22895a7abd72',
    false, // a request that is not valid HTTP has no id
  ),
  'X-Skipped-Hosts': createHeader(
    'The Docker hosts that gave no figures. Only if there are some.',
    { type: 'string' },
    'db1, web2',
    false,
  ),
  'X-Sampled-At': createHeader(
    'When the sample was taken (ISO 8601).',
    { type: 'string', format: 'date-time' },
    '2026-11-23T21:49:36.016Z',
    false, // a history without samples has none
  ),
} satisfies Record<string, HeaderObject>;

/** Responses of several routes, as components of the document. */
export const RESPONSES = {
  InvalidRequest: createErrorResponse('The request is invalid. The message says what is allowed.', {
    codes: ['invalid_request'],
  }),
  Unauthorized: createErrorResponse(
    'The API key is missing or not valid. The message says what was received and what is expected.',
    {
      codes: ['unauthorized'],
      headers: ['WWW-Authenticate'],
    },
  ),
  NotFound: createErrorResponse(
    'The route does not exist, no container or Docker host has this name or id, docker gives no figures for the container, or the history is switched off.',
    {
      codes: ['not_found'],
    },
  ),
  RateLimited: createErrorResponse(
    'This API key has sent too many requests or has too many unread responses, or there were too many requests without a valid API key.',
    {
      codes: ['rate_limited'],
      headers: ['Retry-After'],
    },
  ),
  DockerFailed: createErrorResponse('Docker failed, or the service has an internal error (`internal`).', {
    codes: [...SOURCE_ERROR_CODES, 'internal'],
  }),
  Internal: createErrorResponse('Internal error. The log of the service has the details.', {
    codes: ['internal'],
  }),
  Unavailable: createErrorResponse(
    'Too many streams are open, too many large responses are unread, or the service is shutting down.',
    {
      codes: ['unavailable'],
      headers: ['Retry-After'],
    },
  ),
  NotCached: createErrorResponse('The request has `only-if-cached`, and no sample is fresh enough.', {
    codes: ['not_cached'],
  }),
  Refused: createErrorResponse(
    'The request is refused before it reaches the route: 400 (no `Host`, a target that is neither a path nor an http URL, or a ' +
      'path that cannot be decoded), 405 with `Allow` (a method other than `GET`, `HEAD` and `OPTIONS`), 408 (too slow), ' +
      '413, 414 and 431 (too large).',
    { codes: ['method_not_allowed', 'invalid_request'], headers: ['Allow'] },
  ),
} satisfies Record<string, ResponseObject>;

/** Returns a reference to a response of {@link RESPONSES}. */
export function getResponseRef(name: keyof typeof RESPONSES): ReferenceObject {
  return { $ref: `#/components/responses/${name}` };
}

/** The error responses that every route with an API key has. */
export const KEY_RESPONSES = {
  '400': getResponseRef('InvalidRequest'),
  '401': getResponseRef('Unauthorized'),
  '429': getResponseRef('RateLimited'),
  '4XX': getResponseRef('Refused'),
};

/** Returns references to headers of {@link HEADERS}, and adds `X-Request-Id`, which all responses have. */
export function getHeaderRefs(names: readonly (keyof typeof HEADERS)[]): Record<string, ReferenceObject> {
  const all = [...names, 'X-Request-Id'];
  return Object.fromEntries(all.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

function createHeader(
  description: string,
  headerSchema: SchemaObject,
  example: string | number,
  required = true,
): HeaderObject {
  return { description, required, schema: headerSchema, example };
}

function createErrorResponse(
  description: string,
  { codes, headers = [] }: { codes: readonly ErrorCode[]; headers?: readonly (keyof typeof HEADERS)[] },
): ResponseObject {
  return {
    description,
    headers: getHeaderRefs(['Cache-Control', ...headers]),
    content: createJsonContent('Error', createErrorExamples(codes)),
  };
}
