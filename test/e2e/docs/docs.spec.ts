import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bootAppForTest, KEY } from '../../support/service/test-app.js';

const CONTENT_SECURITY_POLICY =
  "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;connect-src 'self';" +
  "base-uri 'none';form-action 'none';frame-ancestors 'none'";

const NOT_FOUND = { statusCode: 404, code: 'not_found', message: 'No such route' };

describe('GET /docs-json', () => {
  it('returns docs/openapi.json without an API key, and supports revalidation by ETag', async () => {
    const { client } = await bootAppForTest();
    const { status, headers, text } = await client.get('/docs-json');
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-cache',
      vary: 'Accept-Encoding, Origin',
      'content-encoding': 'gzip',
      'content-security-policy': expect.stringMatching(/^default-src 'none';base-uri/) as string,
    });
    expect(text).toBe(readFileSync('docs/openapi.json', 'utf8'));
    const { etag = '' } = headers;
    const again = await client.get('/docs-json').set('If-None-Match', etag).expect(304);
    expect(again.headers).toMatchObject({ etag, 'cache-control': 'no-cache' });
    await client.get('/docs-json').set({ 'If-None-Match': etag, 'Accept-Encoding': 'identity' }).expect(200);
  });

  it('returns no body in response to HEAD', async () => {
    const { client } = await bootAppForTest();
    const { headers, text } = await client.head('/docs-json').set('Accept-Encoding', 'identity').expect(200);
    expect(headers['content-length']).toBe(String(readFileSync('docs/openapi.json').length));
    expect(text).toBeUndefined();
  });
});

describe('GET /docs', () => {
  it('returns a page that loads only its own files and forbids all others', async () => {
    const { client } = await bootAppForTest();
    const { headers, text } = await client.get('/docs').expect(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    const loaded = [...text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address = '']) => address);
    expect(loaded).toEqual(['data:,', 'docs/swagger-ui.css', 'docs/swagger-ui-bundle.js', 'docs/start.js']);
    expect(text).not.toMatch(/<script>|<style|style=/); // the policy forbids inline scripts and styles
  });

  it('repeats its Content-Security-Policy in a 304, since browsers update their cached headers from it', async () => {
    const { client } = await bootAppForTest();
    const { etag = '' } = (await client.get('/docs')).headers;
    const { headers } = await client.get('/docs').set('If-None-Match', etag).expect(304);
    expect(headers['content-security-policy']).toBe(CONTENT_SECURITY_POLICY);
    expect(headers).not.toHaveProperty('content-type');
  });

  it.each([
    ['swagger-ui.css', 'text/css', /^\.swagger-ui/],
    ['swagger-ui-bundle.js', 'text/javascript', /SwaggerUIBundle/],
    ['start.js', 'text/javascript', /^SwaggerUIBundle\(\{\s+url: 'docs-json'/m],
  ])('serves its file %s', async (name, type, beginning) => {
    const { client } = await bootAppForTest();
    const { headers, text, body } = await client.get(`/docs/${name}`).expect(200);
    expect(headers['content-type']).toBe(`${type}; charset=utf-8`);
    expect(text ?? String(body)).toMatch(beginning);
  });

  it('includes the licence of Swagger UI in the build', () => {
    expect(readFileSync('dist/swagger-ui-dist/LICENSE', 'utf8')).toContain('Apache License');
    expect(readFileSync('dist/swagger-ui-dist/NOTICE', 'utf8')).toContain('Copyright');
  });

  it('serves no other files', async () => {
    const { client } = await bootAppForTest();
    for (const name of ['package.json', 'index.html', '..%2Fpackage.json', '%2e%2e%2fpackage.json', 'a/b']) {
      await client.get(`/docs/${name}`).expect(404, { ...NOT_FOUND, message: 'No such route; see /docs' });
    }
  });

  it('redirects from /docs/ by a relative URL, which works behind a proxy with a path prefix', async () => {
    const { client } = await bootAppForTest();
    await client.get('/docs/').expect(308).expect('Location', '../docs');
  });
});

it('DOCS=false disables the docs routes and nothing else', async () => {
  const { client, get } = await bootAppForTest({ DOCS: 'false' });
  for (const path of ['/docs', '/docs/', '/docs/start.js', '/docs-json', '/DOCS', `/docs?api_key=${KEY}`]) {
    await client.get(path).expect(404, NOT_FOUND).expect('Cache-Control', 'no-store');
    await client.post(path).expect(404, NOT_FOUND);
  }
  await get('/nowhere').expect(404, NOT_FOUND);
  await get('/stats').expect(200);
});
