import type { DockerErrorCode, ErrorBody, ErrorCode } from 'docker-stats-client';
import { REFUSALS } from '../src/auth/credentials/refusals.js';
import type {
  ContentObject,
  HeaderObject,
  ReferenceObject,
  ResponseObject,
  SchemaObject,
} from './openapi-types.js';

/** What an error code comes with: its status, and a message for an example. */
type ErrorExample = readonly [statusCode: number, message: string];

/** The error codes of docker's failures. */
const DOCKER_ERRORS = {
  docker_not_found: [
    500,
    'Error: docker could not be started: spawn docker ENOENT. To fix: install the docker CLI, or set DOCKER_BIN to its path.',
  ],
  docker_unreachable: [
    500,
    'Error: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running? ' +
      'To fix: start Docker, or set DOCKER_HOST to where it listens.',
  ],
  docker_timeout: [
    500,
    'Error: docker did not answer within 15000 ms. To fix: check the Docker daemon, which seems to hang; DOCKER_TIMEOUT_MS and HEALTH_TIMEOUT_MS set the deadlines.',
  ],
  docker_unsupported: [
    500,
    "Error: Podman 4.3.1 is not supported yet, and gives wrong figures. To fix: set DOCKER_BIN to Docker's own CLI, and DOCKER_HOST to a Docker engine.",
  ],
  docker_failed: [
    500,
    'Error: Error response from daemon: something broke. To fix: run `docker stats --no-stream` by hand, as the user and in the environment of this service.',
  ],
} satisfies Record<DockerErrorCode, ErrorExample>;

/** The same without examples. */
export const DOCKER_CODES = Object.keys(DOCKER_ERRORS) as DockerErrorCode[];

/** Every error code. */
const ERRORS = {
  ...DOCKER_ERRORS,
  internal: [500, 'Internal server error'],
  unauthorized: [401, REFUSALS.missing.message],
  invalid_request: [400, 'Unknown query parameter "nmae"; allowed: api_key, format, name, view'],
  not_found: [404, 'No running container has this name or id'],
  method_not_allowed: [405, 'This method is not allowed here: use GET, HEAD, OPTIONS'],
  rate_limited: [429, 'Too many requests: 6000 a minute are allowed'],
  unavailable: [503, 'Too many streams are open; try again later'],
} satisfies Record<ErrorCode, ErrorExample>;

/** The schema of {@link ErrorBody}. */
export const ERROR_SCHEMA: SchemaObject = {
  ...objectOf({
    statusCode: { type: 'integer', minimum: 400, maximum: 599, description: 'The status of the answer.' },
    code: { type: 'string', enum: Object.keys(ERRORS), description: 'Stable: for programs.' },
    message: { type: 'string', description: 'For people; may change.' },
  } satisfies Record<keyof ErrorBody, SchemaObject>),
  description: 'What went wrong.',
};

/** Every header of an answer that this service gives a meaning; the document has each once. */
export const HEADERS = {
  Age: header('How many seconds ago the sample was taken (RFC 9111).', { type: 'integer', minimum: 0 }, 1),
  Allow: header('The methods that are allowed here.', { type: 'string' }, 'GET, HEAD, OPTIONS', false),
  'Cache-Control': header(
    'How long a cache may keep the answer (RFC 9111).',
    { type: 'string' },
    'private, max-age=5',
  ),
  'Content-Encoding': header(
    'There when the body is compressed: for clients that accept it, above 1 KB.',
    { type: 'string', enum: ['gzip'] },
    'gzip',
    false,
  ),
  ETag: header(
    'Of this sample in this form; for `If-None-Match`.',
    { type: 'string', pattern: '^(W/)?"[A-Za-z0-9_-]+"$' },
    '"yc6xXheDE8Prclx7jKGPxO"',
  ),
  Location: header('Where to go, relative to the URL of the request.', { type: 'string' }, 'docs'),
  'Retry-After': header('In how many seconds to ask again.', { type: 'integer', minimum: 0 }, 42),
  Vary: header(
    'Which headers of a request change the answer.',
    { type: 'string' },
    'Accept, Accept-Encoding, Authorization, Origin, X-API-Key',
  ),
  'WWW-Authenticate': header(
    'How to authenticate (RFC 9110). Basic is not offered to scripts in a page: the browser would open its login dialog.',
    { type: 'string' },
    'Bearer realm="docker-stats-api", Basic realm="docker-stats-api", charset="UTF-8"',
  ),
  'X-Request-Id': header(
    'The id of the request, which its line in the log has too.',
    { type: 'string', pattern: '^[A-Za-z0-9_.:-]{1,128}$' },
    '73d1519d-f3ae-40eb-965f-22895a7abd72',
    false, // what is no HTTP request has no line, and no id
  ),
  'X-Sampled-At': header(
    'When the sample was taken, ISO 8601.',
    { type: 'string', format: 'date-time' },
    '2026-11-23T21:49:36.016Z',
  ),
} satisfies Record<string, HeaderObject>;

/** Answers that many routes give; the document has each once. */
export const ANSWERS = {
  InvalidRequest: errorAnswer('The request is not right; the message says what is allowed.', {
    codes: ['invalid_request'],
  }),
  Unauthorized: errorAnswer(
    'No API key, or one that is not valid; the message says what came and what is expected.',
    {
      codes: ['unauthorized'],
      headers: ['WWW-Authenticate'],
    },
  ),
  NotFound: errorAnswer(
    'No such route, no running container of this name or id, or docker gives no figures for it.',
    {
      codes: ['not_found'],
    },
  ),
  RateLimited: errorAnswer(
    'Too many requests or unread responses of this key, or too many requests without a valid one.',
    {
      codes: ['rate_limited'],
      headers: ['Retry-After'],
    },
  ),
  DockerFailed: errorAnswer('Docker gave no figures, or this service has a fault (`internal`).', {
    codes: [...DOCKER_CODES, 'internal'],
  }),
  Internal: errorAnswer('This service has a fault; its log has the details.', { codes: ['internal'] }),
  Unavailable: errorAnswer(
    'Too many streams are open, too many large responses are unread, or the service is stopping.',
    {
      codes: ['unavailable'],
      headers: ['Retry-After'],
    },
  ),
  Refused: errorAnswer(
    'The request is refused before its route sees it: 400 (no `Host`, a target that is neither a path nor an http URL, a ' +
      'path that cannot be decoded), 408 (too slow), 413, 414 and 431 (too large), or 405 with `Allow` for any method but `GET`, `HEAD` and `OPTIONS`.',
    { codes: ['method_not_allowed', 'invalid_request'], headers: ['Allow'] },
  ),
} satisfies Record<string, ResponseObject>;

/** Refers to an answer of {@link ANSWERS}. */
export function answer(name: keyof typeof ANSWERS): ReferenceObject {
  return { $ref: `#/components/responses/${name}` };
}

/** Refers to a schema of the document. */
export function schema(name: string): ReferenceObject {
  return { $ref: `#/components/schemas/${name}` };
}

/** Refers to headers of {@link HEADERS}: these, and the one that all answers have. */
export function headersOf(names: readonly (keyof typeof HEADERS)[]): Record<string, ReferenceObject> {
  const all = [...names, 'X-Request-Id'];
  return Object.fromEntries(all.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** An object with these properties, all of them and no others. */
export function objectOf(properties: Readonly<Record<string, SchemaObject | ReferenceObject>>): SchemaObject {
  return {
    type: 'object',
    properties: { ...properties },
    required: Object.keys(properties),
    additionalProperties: false,
  };
}

/** JSON of a schema of the document, with examples by what they show. */
export function json(schemaName: string, examples: Readonly<Record<string, unknown>>): ContentObject {
  return { 'application/json': { schema: schema(schemaName), examples: examplesOf(examples) } };
}

/** Examples by what they show. */
export function examplesOf(values: Readonly<Record<string, unknown>>): Record<string, { value: unknown }> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
}

/** What the document says of an answer's header; one that is not always there is not required. */
function header(
  description: string,
  headerSchema: SchemaObject,
  example: string | number,
  required = true,
): HeaderObject {
  return { description, required, schema: headerSchema, example };
}

function errorAnswer(
  description: string,
  { codes, headers = [] }: { codes: readonly ErrorCode[]; headers?: readonly (keyof typeof HEADERS)[] },
): ResponseObject {
  const examples = codes.map((code): [ErrorCode, ErrorBody] => {
    const [statusCode, message] = ERRORS[code];
    return [code, { statusCode, code, message }];
  });
  return {
    description,
    headers: headersOf(['Cache-Control', ...headers]),
    content: json('Error', Object.fromEntries(examples)),
  };
}
