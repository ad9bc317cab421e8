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
} from '../../openapi/openapi-types.js';

/** An answer as it came. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What a published answer is validated as. */
type Part = ResponseObject | HeaderObject;

/** The OpenAPI document in the repository, and what it says of answers. OpenAPI 3.1: JSON Schema 2020-12. */
export class PublishedDocument {
  readonly #document = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as OpenAPIObject;
  /** Headers are text: they count as what the schema makes of them. */
  readonly #ajv = {
    body: validator(this.#document),
    header: validator(this.#document, { coerceTypes: true }),
  };

  /** Every route, such as `GET /stats`. */
  get routes(): string[] {
    return Object.entries(this.#document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
  }

  /** Every answer, such as `GET /stats 200`. */
  get answers(): string[] {
    return this.routes.flatMap((route) =>
      Object.keys(this.#responsesOf(route)).map((status) => `${route} ${status}`),
    );
  }

  /** Every error code. */
  get codes(): string[] {
    const { Error: error } = this.#document.components?.schemas ?? {};
    return (error as { properties: { code: { enum: string[] } } }).properties.code.enum;
  }

  /** Under which of {@link answers} an answer of a route falls. */
  answerTo(route: string, status: number): string {
    const own = this.#responsesOf(route)[status] !== undefined;
    return `${route} ${own ? status : `${Math.floor(status / 100)}XX`}`;
  }

  /** In which ways an answer of a route is not as published. */
  faultsOf(route: string, { status, headers, body }: Answer): string[] {
    const name = this.answerTo(route, status).slice(route.length + 1);
    const response = this.#find(this.#responsesOf(route)[name]);
    if (response === undefined) return [`${status} is not published`];
    const text = String(headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);
    return [...this.#faultsOfHeaders(response, headers), ...this.#faultsOfBody(response, headers, text)];
  }

  /** In which ways a JSON text is not as a schema of the document says. */
  faultsOfJson(schemaName: string, json: string): string[] {
    return this.#faults('body', { $ref: `#/components/schemas/${schemaName}` }, JSON.parse(json));
  }

  #faultsOfHeaders({ headers = {} }: ResponseObject, answered: IncomingHttpHeaders): string[] {
    const known = Object.keys(this.#document.components?.headers ?? {});
    return known.flatMap((name) => {
      const value = answered[name.toLowerCase()];
      const published = this.#find(headers[name]);
      if (published === undefined) return value === undefined ? [] : [`${name} is not published`];
      if (value === undefined) return published.required ? [`${name} is missing`] : [];
      return this.#faults('header', published.schema ?? {}, value).map((fault) => `${name}: ${fault}`);
    });
  }

  #faultsOfBody({ content }: ResponseObject, headers: IncomingHttpHeaders, text: string): string[] {
    if (content === undefined) return text === '' ? [] : ['no body is published'];
    const [type = ''] = (headers['content-type'] ?? '').split(';');
    const published = content[type];
    if (published === undefined) return [`the type ${type} is not published`];
    const value: unknown = type === 'application/json' ? JSON.parse(text) : text;
    return this.#faults('body', published.schema ?? {}, value);
  }

  #faults(kind: 'body' | 'header', schema: object, value: unknown): string[] {
    const ajv = this.#ajv[kind];
    const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')) as object;
    return ajv.validate(absolute, value) ? [] : [ajv.errorsText()];
  }

  #responsesOf(route: string): ResponsesObject {
    const [method = '', path = ''] = route.split(' ');
    return this.#document.paths[path]?.[method.toLowerCase() as 'get']?.responses ?? {};
  }

  /** The part itself, where there is a reference to one of the document. */
  #find<T extends Part>(part: T | ReferenceObject | undefined): T | undefined {
    if (part === undefined || !('$ref' in part)) return part;
    const [, , kind = '', name = ''] = part.$ref.split('/');
    return (this.#document.components as Record<string, Record<string, T>>)[kind]?.[name];
  }
}

function validator(document: object, options: { coerceTypes?: boolean } = {}): Ajv2020 {
  const ajv = new Ajv2020({ ...options, strict: false, allErrors: true });
  addFormats.default(ajv);
  return ajv.addSchema(document, 'document');
}
