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

// The objects of OpenAPI 3.1, named as in the specification. In the types of Redocly, a response cannot be a reference.

/** JSON Schema 2020-12. */
export type SchemaObject = Oas3_1Schema;

/** A reference to a component of the document. */
export type ReferenceObject = OasRef;

export type HeaderObject = Oas3Header<SchemaObject>;

export type ParameterObject = Oas3Parameter<SchemaObject>;

/** The content of a body, by media type. */
export type ContentObject = Record<string, Oas3MediaType<SchemaObject>>;

export type ResponseObject = Oas3Response<SchemaObject>;

/** Responses by status. */
export type ResponsesObject = Record<string, ResponseObject | ReferenceObject>;

export interface OperationObject extends Omit<Oas3Operation<SchemaObject>, 'responses'> {
  responses: ResponsesObject;
}

/** Operations by route, such as `GET /containers/{reference}/stats`. */
export type Routes = Readonly<Record<`GET /${string}`, OperationObject>>;

/** The whole document. It describes only `GET`. */
export interface OpenAPIObject extends Omit<Oas3_1Definition, 'paths'> {
  paths: Record<string, { get: OperationObject }>;
}
