import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type {
  HeaderObject,
  OpenAPIObject,
  ReferenceObject,
  ResponseObject,
  ResponsesObject,
} from '../../../openapi/openapi-types.js';

/** A response of the service. */
export interface ReceivedResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A component of the document that may be referenced. */
type Part = ResponseObject | HeaderObject;

/** Validates responses against `docs/openapi.json`. OpenAPI 3.1 uses JSON Schema 2020-12. */
export class PublishedDocument {
  readonly #document = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as OpenAPIObject;
  /** Header values are text, so they are coerced to the type in the schema. */
  readonly #validators = {
    body: createValidator(this.#document),
    header: createValidator(this.#document, { coerceTypes: true }),
  };

  /** All routes, such as `GET /stats`. */
  get routes(): string[] {
    return Object.entries(this.#document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
  }

  /** All responses, such as `GET /stats 200`. */
  get responses(): string[] {
    return this.routes.flatMap((route) =>
      Object.keys(this.#findResponses(route)).map((status) => `${route} ${status}`),
    );
  }

  /** All error codes. */
  get codes(): string[] {
    const { Error: error } = this.#document.components?.schemas ?? {};
    return (error as { properties: { code: { enum: string[] } } }).properties.code.enum;
  }

  /** Returns the entry of {@link responses} for a response: its own status, or a range such as `4XX`. */
  matchResponse(route: string, status: number): string {
    const hasStatus = this.#findResponses(route)[status] !== undefined;
    return `${route} ${hasStatus ? status : `${Math.floor(status / 100)}XX`}`;
  }

  /** Returns how a response of a route differs from the document. */
  validateResponse(route: string, { status, headers, body }: ReceivedResponse): string[] {
    const name = this.matchResponse(route, status).slice(route.length + 1);
    const response = this.#resolve(this.#findResponses(route)[name]);
    if (response === undefined) return [`${status} is not published`];
    const text = String(headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);
    return [...this.#validateHeaders(response, headers), ...this.#validateBody(response, headers, text)];
  }

  /** Returns how a JSON text differs from a schema of the document. */
  validateJson(schemaName: string, json: string): string[] {
    return this.#validate('body', { $ref: `#/components/schemas/${schemaName}` }, JSON.parse(json));
  }

  #validateHeaders({ headers = {} }: ResponseObject, received: IncomingHttpHeaders): string[] {
    const known = Object.keys(this.#document.components?.headers ?? {});
    return known.flatMap((name) => {
      const value = received[name.toLowerCase()];
      const published = this.#resolve(headers[name]);
      if (published === undefined) return value === undefined ? [] : [`${name} is not published`];
      if (value === undefined) return published.required ? [`${name} is missing`] : [];
      return this.#validate('header', published.schema ?? {}, value).map((error) => `${name}: ${error}`);
    });
  }

  #validateBody({ content }: ResponseObject, headers: IncomingHttpHeaders, text: string): string[] {
    if (content === undefined) return text === '' ? [] : ['a body is not published'];
    const [type = ''] = (headers['content-type'] ?? '').split(';');
    const published = content[type];
    if (published === undefined) return [`the type ${type} is not published`];
    const value: unknown = type === 'application/json' ? JSON.parse(text) : text;
    return this.#validate('body', published.schema ?? {}, value);
  }

  #validate(kind: 'body' | 'header', schema: object, value: unknown): string[] {
    const validator = this.#validators[kind];
    // Ajv resolves references against the id of the document, not against the part.
    const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')) as object;
    return validator.validate(absolute, value) ? [] : [validator.errorsText()];
  }

  #findResponses(route: string): ResponsesObject {
    const [method = '', path = ''] = route.split(' ');
    return this.#document.paths[path]?.[method.toLowerCase() as 'get']?.responses ?? {};
  }

  /** Resolves a reference to a component of the document. */
  #resolve<T extends Part>(part: T | ReferenceObject | undefined): T | undefined {
    if (part === undefined || !('$ref' in part)) return part;
    const [, , kind = '', name = ''] = part.$ref.split('/');
    return (this.#document.components as Record<string, Record<string, T>>)[kind]?.[name];
  }
}

function createValidator(document: object, options: { coerceTypes?: boolean } = {}): Ajv2020 {
  const ajv = new Ajv2020({ ...options, strict: false, allErrors: true });
  addFormats.default(ajv);
  return ajv.addSchema(document, 'document');
}
