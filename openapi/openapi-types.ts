import type {
  Oas3_1Definition,
  Oas3_1Schema,
  Oas3Header,
  Oas3MediaType,
  Oas3Operation,
  Oas3Parameter,
  Oas3Response,
  OasRef,
} from '@redocly/openapi-core';

// The objects of OpenAPI 3.1, by the names of its specification. Those of the linter, but responses may be references.

/** JSON Schema 2020-12. */
export type SchemaObject = Oas3_1Schema;

/** A reference to a part that the document has once. */
export type ReferenceObject = OasRef;

/** A header of a response. */
export type HeaderObject = Oas3Header<SchemaObject>;

/** A parameter of a request. */
export type ParameterObject = Oas3Parameter<SchemaObject>;

/** A body, by its media type. */
export type ContentObject = Record<string, Oas3MediaType<SchemaObject>>;

/** A response. */
export type ResponseObject = Oas3Response<SchemaObject>;

/** Responses by their status. */
export type ResponsesObject = Record<string, ResponseObject | ReferenceObject>;

/** What a route takes, and how it responds. */
export interface OperationObject extends Omit<Oas3Operation<SchemaObject>, 'responses'> {
  responses: ResponsesObject;
}

/** Operations by their route, such as `GET /containers/{reference}/stats`. */
export type Routes = Readonly<Record<`GET /${string}`, OperationObject>>;

/** The whole document. All routes are `GET`. */
export interface OpenAPIObject extends Omit<Oas3_1Definition, 'paths'> {
  paths: Record<string, { get: OperationObject }>;
}
