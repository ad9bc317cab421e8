import { readFileSync } from 'node:fs';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import type { Express } from 'express';
import { describe, expect, it, onTestFinished } from 'vitest';
import { apiDocument } from '../openapi/api-document.js';
import { bootApp } from './support/test-app.js';

const DOCUMENT = 'docs/openapi.json';

const document = apiDocument();
const source = `${JSON.stringify(document, null, 2)}\n`;

/** The routes of the controllers, such as `GET /docs/{file}`: those for every method are of UnroutedRequests. */
function routesOf({ router }: Express): string[] {
  return router.stack.flatMap(({ route }) => {
    if (route === undefined || route.stack.length > 1) return [];
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    return route.stack.map(({ method }) => `${method.toUpperCase()} ${path}`);
  });
}

/** What the linter finds, of any severity, as lines to read. */
async function problemsIn(text: string): Promise<string[]> {
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
    .map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer ?? ''}`)
    .filter(
      (problem) => !problem.endsWith('must have at least one `2XX` response. #/paths/~1/get/responses'),
    ); // a redirect
}

describe('the OpenAPI document', () => {
  it(`is the one in ${DOCUMENT}`, async () => {
    await expect(source).toMatchFileSnapshot(`../${DOCUMENT}`);
  });

  it('passes the linter, its examples their schemas', async () => {
    expect(await problemsIn(source)).toEqual([]);
  });

  it.each([
    ['an example that is not as its schema says', '"cpuUsage": 20.11', '"cpuUsage": "20.11"'],
    ['a reference to nothing', '#/components/schemas/SkippedRow', '#/components/schemas/Nothing'],
    ['a parameter that is not in the path', '/containers/{reference}/stats', '/containers/stats'],
  ])('would not pass it with %s', async (_what, right, wrong) => {
    expect(await problemsIn(source.replaceAll(right, wrong))).not.toEqual([]);
  });

  it('has every route of the service, and no other', async () => {
    const { app } = await bootApp();
    onTestFinished(() => app.close());
    const described = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.toSorted()).toEqual(routesOf(app.getHttpAdapter().getInstance()).toSorted());
  });

  it('is of this version', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(JSON.parse(source)).toMatchObject({ openapi: '3.1.0', info: { version } });
  });
});
