import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bootAppForTest, KEY } from '../support/service/test-app.js';

const CONTENT_SECURITY_POLICY =
  "default-src 'none';script-src 'self';style-src 'self';img-src 'self';connect-src 'self';" +
  "base-uri 'none';form-action 'none';frame-ancestors 'none'";

const NOT_FOUND = { statusCode: 404, code: 'not_found', message: 'No such route; see /docs' };

/** The files that the HTML of the page names. */
function findLinks(html: string): string[] {
  return [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address = '']) => address);
}

describe('GET /', () => {
  it('returns the page without an API key, and supports revalidation by ETag', async () => {
    const { client } = await bootAppForTest();
    const { headers, text } = await client.get('/').expect(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      vary: 'Accept-Encoding, Origin',
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
    });
    expect(text).toBe(readFileSync('dist/public/index.html', 'utf8'));
    const { etag = '' } = headers;
    const again = await client.get('/').set('If-None-Match', etag).expect(304);
    expect(again.headers['content-security-policy']).toBe(CONTENT_SECURITY_POLICY);
  });

  it('names only files of the service by relative URLs, and has no inline script or style', async () => {
    const { client } = await bootAppForTest();
    const { text } = await client.get('/');
    expect(findLinks(text).length).toBeGreaterThan(2);
    for (const link of findLinks(text)) expect(link).toMatch(/^\.\/assets\/[\w-]+\.(?:js|css|svg)$/);
    expect(text).not.toMatch(/<style|style=|<script>|\son\w+=/);
  });

  it('returns the same page, whatever the query is', async () => {
    const { client } = await bootAppForTest();
    const { text } = await client.get('/');
    const { text: withKey, headers } = await client.get(`/?api_key=${KEY}&filter=<script>`).expect(200);
    expect(withKey).toBe(text);
    expect(JSON.stringify(headers)).not.toContain(KEY);
  });

  it('returns no body in response to HEAD, and 405 to other methods', async () => {
    const { client } = await bootAppForTest();
    const { headers, text } = await client.head('/').set('Accept-Encoding', 'identity').expect(200);
    expect(headers['content-length']).toBe(String(readFileSync('dist/public/index.html').length));
    expect(text).toBeUndefined();
    await client.post('/').expect(405).expect('Allow', /GET/);
  });
});

describe('GET /assets/{file}', () => {
  it('returns what the page names: compressed, and to be cached for ever', async () => {
    const { client } = await bootAppForTest();
    const { text } = await client.get('/');
    const types = {
      js: 'text/javascript; charset=utf-8',
      css: 'text/css; charset=utf-8',
      svg: 'image/svg+xml',
    };
    for (const link of findLinks(text)) {
      const { headers } = await client.get(link.slice(1)).expect(200);
      expect(headers).toMatchObject({
        'content-type': types[link.slice(link.lastIndexOf('.') + 1) as keyof typeof types],
        'cache-control': 'public, max-age=31536000, immutable',
        'content-encoding': 'gzip',
        'x-content-type-options': 'nosniff',
      });
      await client
        .get(link.slice(1))
        .set('If-None-Match', headers['etag'] ?? '')
        .expect(304);
    }
  });

  it('returns no other files', async () => {
    const { client } = await bootAppForTest();
    for (const name of [
      'index.html',
      '..%2Findex.html',
      '%2e%2e%2f%2e%2e%2fpackage.json',
      'a/b',
      '..%5Cmain.js',
      '__proto__',
    ]) {
      await client.get(`/assets/${name}`).expect(404, NOT_FOUND);
    }
  });
});

describe('DASHBOARD=false', () => {
  it('disables the page; / leads to the docs, without the query', async () => {
    const { client } = await bootAppForTest({ DASHBOARD: 'false' });
    await client.get(`/?api_key=${KEY}`).expect(302).expect('Location', 'docs');
    const asset = findLinks(readFileSync('dist/public/index.html', 'utf8'))[0] ?? '';
    await client.get(asset.slice(1)).expect(404);
  });

  it('makes / unknown if the docs are disabled too', async () => {
    const { client, get } = await bootAppForTest({ DASHBOARD: 'false', DOCS: 'false' });
    await client.get('/').expect(404, { ...NOT_FOUND, message: 'No such route' });
    await client.post('/').expect(404);
    await get('/stats').expect(200);
  });
});

it('DOCS=false does not disable the page', async () => {
  const { client } = await bootAppForTest({ DOCS: 'false' });
  await client.get('/').expect(200);
});
