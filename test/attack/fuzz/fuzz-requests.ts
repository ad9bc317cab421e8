import fc from 'fast-check';
import { assetPath } from './asset-paths.js';
import { formatQuery, historyQuery, listQuery, selection } from './list-queries.js';

export const KEY = 'fuzz-key-0123456789';
export const SCOPED_KEY = 'scoped-key-0123456789';
export const PROJECT_KEY = 'project-key-0123456789';
export const HOSTS_KEY = 'hosts-key-0123456789';
export const KEYS: readonly string[] = [KEY, SCOPED_KEY, PROJECT_KEY, HOSTS_KEY];

/** Any bytes but line breaks, which would start the next line of the request. */
const bytes = fc.uint8Array({ maxLength: 40 }).map((array) =>
  Buffer.from(array)
    .toString('latin1')
    .replaceAll(/[\r\n]/g, ''),
);
const word = fc.stringMatching(/^[\w.~*?+-]{1,20}$/);
const encoded = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => encodeURIComponent(text));
const urlPart = fc.oneof(
  word,
  encoded,
  fc.constantFrom(KEY, '%', '%E0%A4%A', '%00', '%2F', '..', '%2e%2e', '&', '=', '[', '\\', ';'),
);

const method = fc.oneof(
  { arbitrary: fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'OPTIONS'), weight: 8 },
  { arbitrary: fc.constantFrom('POST', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'CONNECT'), weight: 1 },
);
const path = fc.oneof(
  {
    arbitrary: fc.constantFrom(
      '/stats',
      '/stats/stream',
      '/stats/history',
      '/containers/web-1/stats/history',
      '/projects',
      '/containers/web-1/stats',
      '/hosts',
      '/hosts/web1/containers/web-1/stats',
      '/hosts/web1/containers/web-1/stats/history',
      '/health/ready',
      '/metrics',
      '/docs-json',
    ),
    weight: 9,
  },
  { arbitrary: fc.oneof(fc.constant('/'), assetPath), weight: 2 },
  { arbitrary: urlPart.map((reference) => `/containers/${reference}/stats`), weight: 3 },
  { arbitrary: urlPart.map((reference) => `/containers/${reference}/stats/history`), weight: 1 },
  {
    arbitrary: fc
      .tuple(fc.oneof(fc.constantFrom('vault9', 'web*', 'web2'), urlPart), urlPart)
      .map(([host, reference]) => `/hosts/${host}/containers/${reference}/stats`),
    weight: 1,
  },
  { arbitrary: urlPart.map((file) => `/docs/${file}`), weight: 1 },
  { arbitrary: urlPart.map((file) => `/assets/${file}`), weight: 1 },
  {
    arbitrary: fc.constantFrom(
      '/',
      '//',
      '//stats',
      '//a@x:y/stats',
      '//a@[/stats',
      '/stats/',
      '/STATS',
      '/./stats',
      '/__proto__',
    ),
    weight: 1,
  },
  { arbitrary: urlPart.map((text) => `/${text}`), weight: 1 },
);
const url = fc
  .tuple(
    fc.constantFrom('http', 'http', 'https', 'HtTp', 'x', 'ws'),
    fc.oneof(
      fc.constantFrom('x', 'x:80', '[::1]:80', 'user:password@x', `${KEY}@x`),
      fc.constantFrom('', '[', 'x:y', 'xn--a', 'a@b@c', '%'),
    ),
    fc.oneof(path, fc.constant('')),
  )
  .map(([scheme, authority, urlPath]) => `${scheme}://${authority}${urlPath}`);
/** The request target without its query: most often a path, but HTTP allows a URL, a host or an asterisk too. */
const resource = fc.oneof(
  { arbitrary: path, weight: 10 },
  { arbitrary: url, weight: 2 },
  {
    arbitrary: fc.constantFrom('*', '*', '*x', 'x', 'x:80', '[::1]:80', 'http:', 'http:/x', '?', '#', ''),
    weight: 1,
  },
);
const fragment = fc.oneof(
  { arbitrary: fc.constant(''), weight: 9 },
  {
    arbitrary: fc.oneof(fc.constant(''), urlPart, fc.constant(`?api_key=${KEY}`)).map((text) => `#${text}`),
    weight: 1,
  },
);
const parameter = fc.oneof(
  selection,
  fc.tuple(
    fc.constantFrom('name', 'name', 'view', 'format'),
    fc.oneof(fc.constantFrom('full', 'web-*', '*', '', 'csv'), urlPart),
  ),
  fc.tuple(
    fc.oneof(
      fc.constantFrom('api_key', 'api_key[]', 'api_key[x]', 'name[]', '__proto__', 'constructor'),
      urlPart,
    ),
    fc.oneof(fc.constantFrom(KEY, SCOPED_KEY, ''), urlPart),
  ),
);
const query = fc.array(parameter, { maxLength: 3 }).map(formatQuery);
const headerLine = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(
        'X-API-Key',
        'Authorization',
        'Cache-Control',
        'If-None-Match',
        'Accept-Encoding',
        'Accept',
      ),
      fc.constantFrom(
        'Expect',
        'Upgrade',
        'Connection',
        'Range',
        'Origin',
        'X-Forwarded-For',
        'Forwarded',
        'Host',
      ),
      fc.constantFrom(
        'X-HTTP-Method-Override',
        'X-Original-URL',
        'Cookie',
        'Content-Length',
        'Transfer-Encoding',
        'X-Prometheus-Scrape-Timeout-Seconds',
      ),
    ),
    fc.oneof(
      fc.constantFrom(
        KEY,
        SCOPED_KEY,
        `Bearer ${KEY}`,
        'no-cache',
        'max-age=0',
        'max-age=99999999999',
        'gzip',
        '*',
      ),
      fc.constantFrom(
        '0',
        '5',
        '99999',
        '99999999999999999999',
        'chunked',
        '100-continue',
        'websocket',
        'close',
      ),
      fc.constantFrom('bytes=0-0', 'bytes=-1', 'bytes=5-1,0-', 'bytes=99999999-', '"x", *', 'W/"x"'),
      fc.constantFrom('text/csv', 'text/plain', 'text/*;q=0.5, */*;q=0.1', 'fe80::1%fuzz-zone'),
      word,
      fc.nat({ max: 20_000 }).map((length) => 'x'.repeat(length)),
    ),
  )
  .map(([name, value]) => `${name}: ${value}`);
const header = fc.oneof(
  { arbitrary: headerLine, weight: 5 },
  { arbitrary: fc.constant('If-None-Match: *'), weight: 1 },
  {
    arbitrary: fc
      .constantFrom('no-cache', 'max-stale', 'max-stale=9', 'max-age=1, max-stale=0', 'only-if-cached')
      .map((value) => `Cache-Control: ${value}`),
    weight: 1,
  },
  // Never one of the keys: the response returns this id, and the test takes a key in a response for a leak.
  { arbitrary: word.map((id) => `X-Request-Id: ${id}`), weight: 1 },
);
const credentials = fc.oneof(
  {
    arbitrary: fc.constantFrom(
      [`X-API-Key: ${KEY}`],
      [`Authorization: Bearer ${SCOPED_KEY}`],
      [`X-API-Key: ${PROJECT_KEY}`],
      [`X-API-Key: ${HOSTS_KEY}`],
    ),
    weight: 5,
  },
  { arbitrary: fc.constant([]), weight: 1 },
);

const rest = { credentials, headers: fc.array(header, { maxLength: 2 }) };
const anything = fc.record({ method, resource, query, fragment, ...rest });
/** Requests for lists, often with valid parameters. */
const listing = fc.record({
  method: fc.constantFrom('GET', 'HEAD'),
  resource: fc.constantFrom(
    '/stats',
    '/stats',
    '/projects',
    '/hosts',
    '/stats/history',
    '/containers/web-1/stats/history',
  ),
  query: listQuery,
  fragment: fc.constant(''),
  ...rest,
});
const historyRequest = fc.record({
  method: fc.constant('GET'),
  resource: fc.constantFrom('/stats/history', '/containers/web-1/stats/history'),
  query: historyQuery,
  fragment: fc.constant(''),
  ...rest,
});

/** A request that is valid HTTP. Its target and headers may still be invalid for the service. */
const wellFormed = fc
  .oneof(
    { arbitrary: anything, weight: 4 },
    { arbitrary: listing, weight: 1 },
    { arbitrary: historyRequest, weight: 1 },
  )
  .map((parts) => {
    const target = parts.resource + (parts.query && `?${parts.query}`) + parts.fragment;
    const requestLine = `${parts.method} ${target} HTTP/1.1`;
    return [requestLine, 'Host: x', ...parts.credentials, ...parts.headers, '', ''].join('\r\n');
  });

/** The same with some bytes replaced or inserted. */
const mangled = fc
  .record({
    whole: wellFormed,
    from: fc.nat(),
    length: fc.nat({ max: 3 }),
    replacement: fc.oneof(bytes, fc.constant('\r\n\r\n')),
  })
  .map(({ whole, from, length, replacement }) => {
    const start = from % (whole.length + 1);
    return whole.slice(0, start) + replacement + whole.slice(start + length);
  });

/** The bytes of one request, valid or not. */
export const anyRequest = fc.oneof({ arbitrary: wellFormed, weight: 4 }, { arbitrary: mangled, weight: 1 });
