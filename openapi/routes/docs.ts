import { getResponseRef, getHeaderRefs } from '../components.js';
import { createExamples } from '../builders.js';
import type { ContentObject, OperationObject, ResponsesObject, Routes } from '../openapi-types.js';

const FILES = ['start.js', 'swagger-ui-bundle.js', 'swagger-ui.css'];

export const docsRoutes: Routes = {
  'GET /': {
    ...describeRoute(
      'The page',
      'Shows the running containers in a browser, live. It asks for an API key. With `DASHBOARD=false`, redirects to `/docs` without the query.',
    ),
    operationId: 'getPage',
    responses: {
      ...describeFileResponses({ 'text/html': '<!doctype html>' }),
      '302': {
        description: '`DASHBOARD=false`: redirect to `/docs`.',
        headers: getHeaderRefs(['Location', 'Cache-Control']),
      },
    },
  },
  'GET /assets/{file}': {
    ...describeRoute(
      'A file of the page',
      'A script, a style sheet or the icon. Its name changes with its content.',
    ),
    operationId: 'getPageFile',
    parameters: [
      {
        name: 'file',
        in: 'path',
        required: true,
        description: 'Name of the file. The page contains the current names.',
        schema: { type: 'string' },
        example: 'index-CLRx6xPh.css',
      },
    ],
    responses: {
      ...describeFileResponses({
        'text/javascript': 'import…',
        'text/css': ':root {…}',
        'image/svg+xml': '<svg',
      }),
      '404': getResponseRef('NotFound'),
    },
  },
  'GET /docs-json': {
    ...describeRoute('The OpenAPI document', 'For tools that generate clients, tests or documentation.'),
    operationId: 'getDocument',
    responses: describeFileResponses({ 'application/json': { openapi: '3.1.0' } }),
  },
  'GET /docs': {
    ...describeRoute(
      'Swagger UI',
      'Read the document and send requests in a browser. The page loads nothing from other hosts.',
    ),
    operationId: 'getDocsPage',
    responses: describeFileResponses({ 'text/html': '<!doctype html>' }),
  },
  'GET /docs/{file}': {
    ...describeRoute('A file of Swagger UI', 'A script or the style sheet of Swagger UI.'),
    operationId: 'getDocsFile',
    parameters: [
      {
        name: 'file',
        in: 'path',
        required: true,
        description: 'Name of the file.',
        schema: { type: 'string', enum: FILES },
        example: 'start.js',
      },
    ],
    responses: {
      ...describeFileResponses({ 'text/javascript': 'SwaggerUIBundle({…});', 'text/css': '.swagger-ui {…}' }),
      '404': getResponseRef('NotFound'),
    },
  },
};

function describeRoute(
  summary: string,
  description: string,
): Pick<OperationObject, 'tags' | 'summary' | 'description' | 'security'> {
  return { tags: ['docs'], summary, description, security: [] };
}

/** Describes the responses of a route that returns a file. The examples, one for each media type, are the beginning of a file. */
function describeFileResponses(beginnings: Readonly<Record<string, string | object>>): ResponsesObject {
  const headers = getHeaderRefs(['Cache-Control', 'ETag', 'Vary']);
  const content = Object.entries(beginnings).map(([type, beginning]) => [
    type,
    { schema: { type: typeof beginning }, examples: createExamples({ beginning }) },
  ]);
  return {
    '200': {
      description: 'The file.',
      headers: { ...headers, ...getHeaderRefs(['Content-Encoding']) },
      content: Object.fromEntries(content) as ContentObject,
    },
    '304': { description: 'The client has the current file.', headers },
    '4XX': getResponseRef('Refused'),
    '500': getResponseRef('Internal'),
  };
}
