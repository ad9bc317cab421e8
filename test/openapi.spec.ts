import { readFileSync } from 'node:fs';
import { Test } from '@nestjs/testing';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { AppModule } from '../src/app.module.js';
import { readSettings } from '../src/config/read-settings.js';
import { apiDocument } from '../openapi/api-document.js';

const DOCUMENT = 'docs/openapi.json';

/** The document of the service as it is. */
let source: string;
beforeAll(async () => {
  const module = await Test.createTestingModule({ imports: [AppModule.forRoot(readSettings({}))] }).compile();
  const app = module.createNestApplication({ bodyParser: false, logger: false });
  source = `${JSON.stringify(apiDocument(app), null, 2)}\n`;
  await app.close();
});

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

  it('is of this version', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(JSON.parse(source)).toMatchObject({ openapi: '3.1.0', info: { version } });
  });
});
