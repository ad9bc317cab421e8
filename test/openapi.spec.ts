import { readFileSync } from 'node:fs';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import type { Express } from 'express';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createApiDocument } from '../openapi/api-document.js';
import { bootApp } from './support/service/test-app.js';

const DOCUMENT = 'docs/openapi.json';

const document = createApiDocument();
const source = `${JSON.stringify(document, null, 2)}\n`;

/** The routes of the controllers, such as `GET /docs/{file}`. Skips the handlers that accept every method. */
function findRoutes({ router }: Express): string[] {
  return router.stack.flatMap(({ route }) => {
    if (route === undefined || route.stack.length > 1) return [];
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    return route.stack.map(({ method }) => `${method.toUpperCase()} ${path}`);
  });
}

/** Returns the problems that the linter of Redocly finds, of any severity. */
async function lint(text: string): Promise<string[]> {
  const config = await createConfig({
    extends: ['recommended-strict'],
    rules: {
      'no-invalid-parameter-examples': 'error',
      'no-invalid-schema-examples': 'error',
      'operation-description': 'error',
      'operation-singular-tag': 'error',
      'tag-description': 'error',
      'no-http-verbs-in-paths': 'error',
      'no-identical-paths': 'error',
    },
  });
  const problems = await lintFromString({ source: text, absoluteRef: 'openapi.json', config });
  return problems
    .filter(({ location: [first] }) => first?.pointer !== '#/paths/~1/get/responses') // a redirect, without a 2XX response
    .map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer ?? ''}`);
}

describe('the OpenAPI document', () => {
  it(`is the same as ${DOCUMENT}`, async () => {
    await expect(source).toMatchFileSnapshot(`../${DOCUMENT}`);
  });

  it('has no problems that the linter finds, such as an example that does not match its schema', async () => {
    expect(await lint(source)).toEqual([]);
  });

  it('describes exactly the routes of the service', async () => {
    const { app } = await bootApp();
    onTestFinished(() => app.close());
    const described = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.toSorted()).toEqual(findRoutes(app.getHttpAdapter().getInstance()).toSorted());
  });

  it('has the version of the service', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(JSON.parse(source)).toMatchObject({ openapi: '3.1.0', info: { version } });
  });
});
