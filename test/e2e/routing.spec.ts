import { afterAll, beforeAll, describe, it } from 'vitest';
import type { FakeCommandRunner } from '../support/fake-command-runner.js';
import { bootApp, KEY, type TestApp } from '../support/test-app.js';

let test: TestApp<FakeCommandRunner>;
beforeAll(async () => {
  test = await bootApp();
});
afterAll(() => test.app.close());

const ROUTES = ['/stats', '/containers/web/stats', '/health', '/health/live', '/health/ready'];

describe('an unknown route', () => {
  it.each(['/', '/nowhere', '/stats/x', '/containers', '/containers/web', '/health/x', '//stats', '/%'])(
    'answers 404 at %s, with a key and without',
    async (path) => {
      const answer = { statusCode: 404, code: 'not_found', message: `No route for GET ${path}` };
      await test.client.get(`${path}?api_key=${KEY}`).expect(404, answer);
      await test.client.get(path).expect(404, answer).expect('Cache-Control', 'no-store');
    },
  );
});

describe('a wrong method', () => {
  it.each(
    ROUTES.flatMap((path) =>
      (['post', 'put', 'patch', 'delete'] as const).map((method) => [method, path] as const),
    ),
  )('answers 405 to %s %s', async (method, path) => {
    const answer = {
      statusCode: 405,
      code: 'method_not_allowed',
      message: `${method.toUpperCase()} is not allowed here: use GET, HEAD, OPTIONS`,
    };
    await test.client[method](path).expect(405, answer).expect('Allow', 'GET, HEAD, OPTIONS');
  });

  it('is not hidden by a body that is no JSON', async () => {
    await test.client.post('/stats').set('Content-Type', 'application/json').send('{"bad').expect(405);
  });
});

it.each(ROUTES)('answers OPTIONS %s with what is allowed', async (path) => {
  await test.client.options(path).expect(204, '').expect('Allow', 'GET, HEAD, OPTIONS');
});
