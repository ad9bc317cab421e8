import { answer, examplesOf, headersOf } from './answers.js';
import type { ContentObject, OperationObject, ResponsesObject, Routes } from './openapi-types.js';

const FILES = ['start.js', 'swagger-ui-bundle.js', 'swagger-ui.css'];

/** What the document says of the routes of the documentation itself. */
export const docsRoutes: Routes = {
  'GET /': {
    ...fileRoute('The way to the docs', 'Leads a browser to `/docs`; the query is not passed on.'),
    operationId: 'getRoot',
    responses: {
      '302': {
        description: 'The docs are there.',
        headers: headersOf(['Location', 'Cache-Control']),
      },
      '4XX': answer('Refused'),
      '500': answer('Internal'),
    },
  },
  'GET /docs-json': {
    ...fileRoute('The OpenAPI document', 'For tools that make clients, tests or pages of it.'),
    operationId: 'getDocument',
    responses: fileAnswers({ 'application/json': { openapi: '3.1.0' } }),
  },
  'GET /docs': {
    ...fileRoute(
      'Swagger UI',
      'The document to read and to try out in a browser. It loads nothing from other hosts.',
    ),
    operationId: 'getDocsPage',
    responses: fileAnswers({ 'text/html': '<!doctype html>' }),
  },
  'GET /docs/{file}': {
    ...fileRoute('A part of Swagger UI', 'Its scripts and its style.'),
    operationId: 'getDocsFile',
    parameters: [
      {
        name: 'file',
        in: 'path',
        required: true,
        description: 'The name of the file.',
        schema: { type: 'string', enum: FILES },
        example: 'start.js',
      },
    ],
    responses: {
      ...fileAnswers({ 'text/javascript': 'SwaggerUIBundle({…});', 'text/css': '.swagger-ui {…}' }),
      '404': answer('NotFound'),
    },
  },
};

function fileRoute(
  summary: string,
  description: string,
): Pick<OperationObject, 'tags' | 'summary' | 'description' | 'security'> {
  return { tags: ['docs'], summary, description, security: [] };
}

/** What the route of a file answers, given how the file begins, by its type. */
function fileAnswers(beginnings: Readonly<Record<string, string | object>>): ResponsesObject {
  const headers = headersOf(['Cache-Control', 'ETag', 'Vary']);
  const content = Object.entries(beginnings).map(([type, beginning]) => [
    type,
    { schema: { type: typeof beginning }, examples: examplesOf({ beginning }) },
  ]);
  return {
    '200': {
      description: 'The file.',
      headers: { ...headers, ...headersOf(['Content-Encoding']) },
      content: Object.fromEntries(content) as ContentObject,
    },
    '304': { description: 'The client has it already.', headers },
    '4XX': answer('Refused'),
    '500': answer('Internal'),
  };
}
