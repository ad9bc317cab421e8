import fc from 'fast-check';

const FIELD = fc.constantFrom(
  'cpuUsage',
  'networkSent',
  'networkSentRate',
  'pids',
  'name',
  'project',
  'image',
);
const INTEGER = fc.oneof(fc.integer({ min: -1, max: 10 }), fc.constantFrom(10_000, 10_001, 100_000, 1e21));
const TIME = fc.oneof(
  fc.nat({ max: 999_999_999 }).map((count) => `${count}d`),
  fc.constantFrom('5m', '0', '1.5', '2026-02-30T00:00:00Z', '0000-01-01T00:00Z', '9999-12-31T23:59:59+01:00'),
);
/** Parameters that are valid for some of the routes. */
export const selection = fc.oneof(
  fc.tuple(
    fc.constantFrom('host', 'project', 'service', 'image', 'name'),
    fc.constantFrom('*', 'shop', 'web*', '%3F'),
  ),
  fc.tuple(
    fc.constant('host'),
    fc.constantFrom(
      'web*',
      'web1',
      'web?',
      '*',
      'vault9',
      '?ault9',
      'WEB1',
      '',
      '%2A',
      'web1,vault9',
      '**',
      '[w]',
    ),
  ),
  fc.tuple(fc.constant('health'), fc.constantFrom('healthy', 'unhealthy', 'h*')),
  fc.tuple(
    fc.constant('sort'),
    fc.tuple(fc.constantFrom('', '-', '--'), FIELD).map((parts) => parts.join('')),
  ),
  fc.tuple(fc.constant('fields'), fc.array(FIELD, { minLength: 1, maxLength: 3 }).map(String)),
  fc.tuple(fc.constantFrom('limit', 'points'), INTEGER.map(String)),
  fc.tuple(fc.constantFrom('since', 'until'), TIME),
  fc.tuple(fc.constant('view'), fc.constantFrom('summary', 'full')),
);

/** A query that is often valid. */
export const listQuery = fc
  .uniqueArray(selection, { selector: ([name]) => name, maxLength: 3 })
  .map(formatQuery);

/** A query that is usually valid for the history. */
export const historyQuery = fc
  .record(
    {
      since: TIME,
      until: TIME,
      points: fc.integer({ min: 2, max: 20 }).map(String),
      fields: fc.constantFrom('pids', 'cpuUsage,networkSentRate'),
      format: fc.constant('csv'),
    },
    { requiredKeys: [] },
  )
  .map((parameters) => formatQuery(Object.entries(parameters)));

/** Formats parameters as a query. */
export function formatQuery(parameters: readonly (readonly [string, string])[]): string {
  return parameters.map(([name, value]) => `${name}=${value}`).join('&');
}
